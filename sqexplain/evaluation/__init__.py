"""Measuring a model and its gates on a data set: the numbers of its card, row by row."""

from sqexplain.evaluation.attributes import evaluate_attributes
from sqexplain.evaluation.clips import evaluate_clips
from sqexplain.evaluation.pictures import evaluate, judge
from sqexplain.evaluation.questions import Questions, see, some_clips, spread
from sqexplain.evaluation.scores import Score
from sqexplain.progress import Progress

__all__ = [
    "Progress",
    "Questions",
    "Score",
    "evaluate",
    "evaluate_attributes",
    "evaluate_clips",
    "judge",
    "see",
    "some_clips",
    "spread",
]
