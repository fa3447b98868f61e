"""Evaluating a net and its gates on a data set: the numbers of its card, row by row."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqexplain.classifier import Classifier
from sqexplain.evaluation.channel_scores import ChannelScores, MulticlassChannelScores, MultilabelChannelScores
from sqexplain.evaluation.clip_scores import FrameChannelScores, kind_scores, modality_scores
from sqexplain.evaluation.scores import Score
from sqexplain.features import extract
from sqexplain.gates import Tap
from sqexplain.progress import Progress

CHANNEL_SCORES: dict[str, type[ChannelScores]] = {
    "multiclass": MulticlassChannelScores,
    "multilabel": MultilabelChannelScores,
    "per-frame": FrameChannelScores,
}


def evaluate(
    classifier: Classifier,
    data: Any,
    percent: float = 10,
    seed: int = 0,
    limit: int | None = None,
    others: Sequence[Tap] = (),
) -> Iterator[Progress | Score]:
    """Yield `Progress` while a net sees a data set, then one `Score` for each measure; the headline comes first.

    How accurate the answers are, and whether the channels with the largest gates decide: "keep" is what is left of
    the answer when the head has these channels alone, "drop" when it has all but these, beside controls without SE.

    Args:
        classifier: any net with a pool and one linear layer after its block, or one for clips.
        data: a data set with the labels of its task, see `sqexplain.sample.Dataset`.
        percent: share of the channels that counts as chosen.
        seed: of the random choices.
        limit: at most so many samples, evenly spread.
        others: of a net for clips, blocks of its face map that learned on the same net from other seeds.

    Raises:
        ValueError: the data are for another task or have other classes or labels, or the net has another head.
    """
    if not 0 < percent <= 100:
        raise ValueError(f"'percent' must be a number above 0 up to 100, not {percent!r}")
    features = yield from extract(classifier, data, limit)
    report = features.task.report(features.logits, features.labels, features.classes, classifier.thresholds)
    yield from (Score(*row) for row in report)
    if features.clips is not None:
        yield from kind_scores(features, data, limit)
        yield from modality_scores(classifier, features, data, limit, seed)
    yield from CHANNEL_SCORES[features.task.name](features, percent, seed, others).rows()
