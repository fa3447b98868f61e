"""Do the maps of an attribute lie on the part of the face that carries it? N faces, K attributes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.evaluation import Progress, Score
from sqexplain.evaluation.face_regions import evidence
from sqexplain.explanation import explain
from sqexplain.methods import Method, parse
from sqexplain.metrics.localisation import centre_gaussian, mass_over_area, pointing
from sqexplain.sample import Sample

BATCH = 32
OTHER = " of another attribute"
RIVALS = ("gradcam", "pooled", "contribution")  # what every method is compared with, face by face
MEASURES = ("mass", "pointing")


def localise_attributes(
    classifier: Classifier,
    samples: Sequence[Sample],
    attributes: Sequence[str],
    methods: Sequence[Method | str],
    limit: int = 100,
) -> Iterator[Progress | Score]:
    """Yield `Progress`, then for each method the two measures, their differences to `RIVALS`, and single attributes.

    Asked are faces that have the attribute by their label. Means are taken over the attributes, each counting the
    same; half the 95 % interval stands in the meaning. A map that shows nothing counts as 0 in both measures, and the
    share of such maps is told. "se of another attribute" is the map for the next attribute in the list, measured where
    this one lies.

    Args:
        samples: aligned faces with labels (1, K) and, where they know it, the evidence.
        attributes: classes of the net.
        methods: methods or their text form.
        limit: faces for each attribute, evenly spread.

    Raises:
        ValueError: an unknown attribute, one that no part of the face is known to carry, or no face that has it.
    """
    methods = [parse(method) if isinstance(method, str) else method for method in methods]
    table = _Table()
    for place, name in enumerate(attributes):
        index, other = classifier.class_index(name), attributes[(place + 1) % len(attributes)]
        chosen = faces_with(samples, index, name, limit)
        for start in range(0, len(chosen), BATCH):
            some = [samples[int(one)] for one in chosen[start : start + BATCH]]
            table.add(classifier, some, name, other, methods)
            yield Progress(start + len(some), len(chosen))
    yield from table.scores()


def faces_with(samples: Sequence[Sample], index: int, name: str, limit: int) -> np.ndarray:
    """Return the places of at most `limit` faces with an attribute whose evidence is known."""
    labels = np.asarray(samples.labels) if hasattr(samples, "labels") else np.stack([one.labels[0] for one in samples])
    places = np.flatnonzero(labels[:, index] == 1)
    if not len(places):
        raise ValueError(f"no face has the attribute {name!r}; take another, or more faces")
    if evidence(samples[int(places[0])], name) is None:
        raise ValueError(f"no part of the face is known to carry {name!r}; choose an attribute that one can see")
    return places[np.arange(limit) * len(places) // limit] if limit < len(places) else places


@dataclass
class _Table:
    """Measures of every map: name of the map -> attribute -> rows (mass, pointing, shows nothing)."""

    found: dict[str, dict[str, list]] = field(default_factory=dict)

    def add(self, classifier: Classifier, some: list[Sample], name: str, other: str, methods: list[Method]) -> None:
        """Explain some faces for an attribute, and for another one, and measure the maps."""
        for sample, maps in zip(some, explain(classifier, some, methods, [[name, other]] * len(some)), strict=True):
            mask = evidence(sample, name)
            own, foreign = maps[: len(methods)], maps[len(methods) :]
            for method, one, another in zip(methods, own, foreign, strict=True):
                self._measure(method.text, name, one.heatmap, mask)
                if method.class_specific or classifier.gates == "class" and "gates" in method.needs:
                    self._measure(method.text + OTHER, name, another.heatmap, mask)
            self._measure("centre Gaussian", name, centre_gaussian(*mask.shape), mask)

    def _measure(self, title: str, name: str, heatmap: np.ndarray, mask: np.ndarray) -> None:
        row = np.nan_to_num([mass_over_area(heatmap, mask), pointing(heatmap, mask)])
        rows = self.found.setdefault(title, {}).setdefault(name, [])
        rows.append([*row, float(not heatmap.max() > 0)])

    def scores(self) -> Iterator[Score]:
        """Yield the means over all attributes, the paired differences, then the attributes one by one."""
        arrays = {title: {name: np.array(rows) for name, rows in each.items()} for title, each in self.found.items()}
        for title, each in arrays.items():
            mean, half = mean_over(list(each.values()))
            count = sum(map(len, each.values()))
            for column, measure in enumerate(MEASURES):
                yield Score(f"{measure}, {title}", mean[column], f"± {half[column]:.3f} (95 %, {count} maps)")
            yield Score(f"empty, {title}", mean[2], "share of maps that show nothing")
        for rival in RIVALS:
            against = next((title for title in arrays if title.split(":")[0] == rival and OTHER not in title), None)
            yield from self._differences(arrays, against) if against else ()
        for title, each in arrays.items():
            for name, rows in each.items():
                yield Score(f"mass, {title}, {name}", rows[:, 0].mean(), f"{len(rows)} faces with {name}")
                yield Score(f"pointing, {title}, {name}", rows[:, 1].mean(), f"{len(rows)} faces with {name}")
                yield Score(
                    f"empty, {title}, {name}", rows[:, 2].mean(), f"share of {len(rows)} maps that show nothing"
                )

    @staticmethod
    def _differences(arrays: dict, against: str) -> Iterator[Score]:
        for title, each in arrays.items():
            if title == against:
                continue
            mean, half = mean_over([rows - arrays[against][name] for name, rows in each.items()])
            for column, measure in enumerate(MEASURES):
                words = f"± {half[column]:.3f} (95 %, paired by face)"
                yield Score(f"{measure}, {title} minus {against}", mean[column], words)


def mean_over(groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the groups' means, and half its 95 % interval, (columns,) each; a group is (n, columns).

    Groups count the same whatever their size: the variance of the result is the sum of s^2 / n over their number
    squared.
    """
    means = np.stack([rows.mean(0) for rows in groups])
    variances = np.stack([rows.var(0, ddof=1) / len(rows) if len(rows) > 1 else 0 * rows[0] for rows in groups])
    return means.mean(0), 1.96 * np.sqrt(variances.sum(0)) / len(groups)
