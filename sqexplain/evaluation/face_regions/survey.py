"""Where maps lie over many faces, and over the faces of a group: with Smiling, for Male and others, for the young.

N faces, R parts, K classes, M methods, H x W picture size.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.evaluation.face_regions.occlusion import occlusions
from sqexplain.evaluation.face_regions.template import shares
from sqexplain.explanation import explain
from sqexplain.methods import Method, parse
from sqexplain.metrics.localisation import mean_interval
from sqexplain.progress import Progress
from sqexplain.registry import pick
from sqexplain.sample import Sample, label_of

BATCH = 32
FACES = {"with": 1, "without": 0, "all": None}  # which faces are asked, by their label


@dataclass(frozen=True)
class Group:
    """Faces that have, or have not, each of some attributes; () are all."""

    parts: tuple[tuple[str, bool], ...] = ()

    @property
    def name(self) -> str:
        """The group in words: "Male, not Young"."""
        return ", ".join(name if there else f"not {name}" for name, there in self.parts) or "all"


@dataclass(frozen=True, eq=False)
class Survey:
    """What was found for one attribute: of each face the maps and shares by method, and what each part counts.

    Attributes:
        shares: text form of a method -> (N, R), NaN for maps that show nothing.
        maps: the same -> (N, H, W) float16 in [0, 1].
        changes: (N, R) change of the logit when the part is blurred.
        labels: (N, K) 0 and 1.
        pictures: (N, H, W, 3) uint8.
    """

    attribute: str
    classes: tuple[str, ...]
    shares: Mapping[str, np.ndarray]
    maps: Mapping[str, np.ndarray]
    changes: np.ndarray
    labels: np.ndarray
    pictures: np.ndarray = field(repr=False)

    def groups(self, by: Sequence[str] = ()) -> list[Group]:
        """Return all faces, then every combination of having or not having the attributes `by`."""
        split = [Group(tuple(zip(by, having, strict=True))) for having in product((True, False), repeat=len(by))]
        return [Group(), *(split if by else [])]

    def members(self, group: Group) -> np.ndarray:
        """Return which faces belong to a group, (N,) bool."""
        chosen = np.ones(len(self.labels), bool)
        for name, there in group.parts:
            chosen &= (self.labels[:, self.classes.index(name)] > 0) == there
        return chosen

    def share(self, method: str, group: Group) -> list[tuple[float, float]]:
        """Return for each part the mean share of mass over a group and half its 95 % interval."""
        return [mean_interval(column) for column in self.shares[method][self.members(group)].T]

    def change(self, group: Group) -> list[tuple[float, float]]:
        """Return for each part the mean change of the logit when it is blurred, and half the 95 % interval."""
        return [mean_interval(column) for column in self.changes[self.members(group)].T]

    def mean_map(self, method: str, group: Group) -> np.ndarray:
        """Return the mean heatmap of a group, (H, W) float32 in [0, 1]; zeros for a group without a face."""
        chosen = self.maps[method][self.members(group)]
        return chosen.astype(np.float32).mean(0) if len(chosen) else np.zeros(chosen.shape[1:], np.float32)

    def mean_picture(self, group: Group) -> np.ndarray:
        """Return the mean face of a group, (H, W, 3) uint8; grey for a group without a face."""
        chosen = self.pictures[self.members(group)]
        return (chosen.mean(0) if len(chosen) else np.full(chosen.shape[1:], 128)).round().astype(np.uint8)


def survey(
    classifier: Classifier,
    samples: Sequence[Sample],
    attribute: str,
    methods: Sequence[Method | str] = ("se_class", "gradcam"),
    faces: str = "with",
    limit: int | None = None,
) -> Iterator[Progress | Survey]:
    """Yield progress, and at last what was found for one attribute over many aligned faces.

    Args:
        samples: faces of one size with labels (1, K), such as a data set.
        attribute: a class of the net, or "not NAME".
        methods: whose maps are measured.
        faces: "with" the attribute, "without" it, or "all", by the label.
        limit: no more faces than this, evenly spread.

    Raises:
        ValueError: unknown attribute or choice, samples without such labels, or no face that fits.
    """
    wanted = pick(FACES, faces, "choice of faces")
    index, _ = classifier.target(attribute)
    chosen = _chosen(samples, index, wanted, classifier, attribute, limit)
    found = _Found([parse(method) if isinstance(method, str) else method for method in methods])
    for start in range(0, len(chosen), BATCH):
        some = [samples[int(place)] for place in chosen[start : start + BATCH]]
        found.add(classifier, some, attribute, index)
        yield Progress(start + len(some), len(chosen))
    yield found.survey(attribute, tuple(classifier.classes))


class _Found:
    """Collects what is measured batch by batch."""

    def __init__(self, methods: list[Method]):
        self.methods = methods
        self.maps: dict[str, list[np.ndarray]] = {method.text: [] for method in methods}
        self.changes: list[np.ndarray] = []
        self.labels: list[np.ndarray] = []
        self.pictures: list[np.ndarray] = []

    def add(self, classifier: Classifier, some: list[Sample], attribute: str, index: int) -> None:
        """Explain and cover the faces of one batch."""
        pictures = np.stack([sample.picture for sample in some])
        for explanations in explain(classifier, some, self.methods, target=[attribute] * len(some)):
            for one in explanations:
                self.maps[one.method].append(one.heatmap)
        self.changes.append(occlusions(classifier, pictures)[..., index])  # (n, R)
        self.labels += [label_of(sample) for sample in some]
        self.pictures.append(pictures)

    def survey(self, attribute: str, classes: tuple[str, ...]) -> Survey:
        """Return the whole."""
        return Survey(
            attribute,
            classes,
            {text: np.stack([shares(one) for one in maps]) for text, maps in self.maps.items()},
            {text: np.stack(maps).astype(np.float16) for text, maps in self.maps.items()},
            np.concatenate(self.changes),
            np.stack(self.labels),
            np.concatenate(self.pictures),
        )


def _chosen(samples, index: int, wanted: int | None, classifier: Classifier, attribute: str, limit) -> np.ndarray:
    """Return the places of the faces that are asked."""
    labels = _labels(samples)
    if labels.ndim != 2 or labels.shape[1] != len(classifier.classes):
        raise ValueError(f"the faces have no labels of the {len(classifier.classes)} attributes of the net")
    places = np.arange(len(labels)) if wanted is None else np.flatnonzero(labels[:, index] == wanted)
    if not len(places):
        raise ValueError(f"no face is labelled so for {attribute!r}; take other faces, or more of them")
    if limit and limit < len(places):
        places = places[np.arange(limit) * len(places) // limit]
    return places


def _labels(samples) -> np.ndarray:
    """Return the labels (N, K), of a data set without reading its pictures."""
    if hasattr(samples, "labels"):
        return np.asarray(samples.labels)
    return np.array([[] if sample.labels is None else sample.labels[0] for sample in samples])
