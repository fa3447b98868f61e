"""Measuring nets, their gates and their maps on a data set; how fast they are, and for whom they work."""

from sqexplain.evaluation.localisation import localise
from sqexplain.evaluation.report import evaluate
from sqexplain.evaluation.scores import Score
from sqexplain.evaluation.shortcuts import flips
from sqexplain.progress import Progress

__all__ = ["Progress", "Score", "evaluate", "flips", "localise"]
