"""Do maps lie on the evidence, where it is known? For drawn scenes, drawn faces and drawn talkers, and parts of faces.

T frames, H x W picture size. A case is one sample and what is asked of it; a group is what counts the same as other
groups: all pictures or clips together, or the faces of one attribute.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.evaluation.face_regions import VISIBLE
from sqexplain.evaluation.face_regions import evidence as expected_evidence
from sqexplain.evaluation.scores import Score
from sqexplain.explanation import Explanation, explain
from sqexplain.features.compatibility import check_task
from sqexplain.methods import METHODS, Method, parse
from sqexplain.metrics.localisation import centre_gaussian, dilated, mass_over_area, mean_interval, pointing
from sqexplain.progress import Progress
from sqexplain.sample import Sample, as_dataset, labels_of, mask_of
from sqexplain.tasks import MULTILABEL
from sqexplain.tasks.per_frame import POSITIVE

BATCH = 32
GAUSSIAN = "centre Gaussian"  # the map of somebody who always looks at the centre
OTHER = " of another attribute"
RIVALS = ("gradcam", "pooled", "contribution")  # what every method is compared with, face by face


def localise(
    classifier: Classifier,
    data: Any,
    methods: Sequence[Method | str] | str | None = None,
    limit: int = 500,
    classes: Sequence[str] | None = None,
) -> Iterator[Progress | Score]:
    """Yield `Progress` while samples are explained, then scores of each method and of a centre Gaussian.

    "mass" is the share of a map's mass on the evidence over the share of the area (1 is chance), "pointing" the share
    of maps with their maximum there; half the 95 % interval stands in the meaning. Explained is

    * of a multiclass net the predicted class; a mean over pictures, maps that show nothing are left out;
    * of a net for clips speaking, on the frames that speak; "wide" counts 10 pixels around the mouth, too;
      frames of one clip are not independent, so the interval is that over the means of the clips;
    * of a multilabel net each attribute, on faces that have it by their label; means over the attributes, each
      counting the same. A map that shows nothing counts as 0, and the share of such maps is told. Differences to
      `RIVALS` are paired by face; "of another attribute" is the map for the next attribute, measured where this lies.

    Args:
        classifier: any net.
        data: a data set, or a list of samples, that knows where the evidence lies.
        methods: methods or their text form; None takes all that the net can show.
        limit: at most so many samples, of a multilabel net faces for each attribute.
        classes: of a multilabel net, the attributes; None takes all whose evidence is known.

    Raises:
        ValueError: the data do not know the evidence, an attribute or a method is unknown, or no face has it.
    """
    data = checked(classifier, data, limit, classes)
    plan = PLANS[classifier.spec.task.name](classifier, methods_for(classifier, methods))
    yield from plan.measure(data, limit, classes)
    yield from plan.scores()


def checked(classifier: Classifier, data: Any, limit: int, classes: Sequence[str] | None) -> Any:
    """Return a data set or list of samples that a net can be localised on.

    Raises:
        ValueError: it is empty, for another task or with other classes, or an argument is not for this net.
    """
    spec = classifier.spec
    data = as_dataset(data, spec.classes, spec.task) if isinstance(data, tuple) else data
    check_task(spec, data)
    if not len(data) or limit < 1:
        raise ValueError(f"there are {len(data)} samples and 'limit' is {limit}; both must be at least 1")
    if classes is not None and spec.task != MULTILABEL:
        raise ValueError(f"'classes' chooses attributes of a multilabel net; {spec.name!r} is a {spec.task.name} net")
    return data


def methods_for(classifier: Classifier, methods: Sequence[Method | str] | str | None = None) -> list[Method]:
    """Return methods as objects; for None all that a net can show, without the controls of heads it does not have."""
    if methods is None:
        clips = bool(classifier.spec.streams)
        fitting = {name: kind for name, kind in METHODS.items() if clips or not kind.peaked}
        methods = [name for name, kind in fitting.items() if classifier.gates != "none" or "gates" not in kind.needs]
    given = [methods] if isinstance(methods, str | Method) else methods
    return [parse(method) if isinstance(method, str) else method for method in given]


@dataclass
class Plan:
    """What is explained, where the evidence lies, and how the measures of all maps are summarised.

    Attributes:
        maps: title of the map -> group -> one row of measures for each sample.
    """

    classifier: Classifier
    methods: list[Method]
    maps: dict[str, dict[str, list]] = field(default_factory=dict)
    measures: ClassVar[tuple[str, ...]] = ("mass", "pointing")

    def measure(self, data: Any, limit: int, classes: Sequence[str] | None) -> Iterator[Progress]:
        """Explain the samples and measure their maps."""
        raise NotImplementedError

    def scores(self) -> Iterator[Score]:
        """Yield the mean of each measure and half its interval."""
        for title, groups in self.maps.items():
            rows = np.array(groups[""])
            for name, values in zip(self.measures, rows.T, strict=True):
                mean, half = mean_interval(values)
                yield Score(f"{name}, {title}", mean, f"± {half:.3f} (95 %, {self.counted(values)})")

    def counted(self, values: np.ndarray) -> str:
        """Return how many samples a mean is taken over."""
        raise NotImplementedError

    def add(self, title: str, group: str, row: Sequence[float]) -> None:
        """Keep one row of measures."""
        self.maps.setdefault(title, {}).setdefault(group, []).append(row)


class Pictures(Plan):
    """Multiclass: the predicted class of each picture, against the mask of the object."""

    def measure(self, data: Any, limit: int, classes: Sequence[str] | None) -> Iterator[Progress]:  # noqa: ARG002
        """Explain the first `limit` pictures."""
        total = min(limit, len(data))
        for start in range(0, total, BATCH):
            some = [data[index] for index in range(start, min(start + BATCH, total))]
            masks = [self.mask(sample) for sample in some]
            for mask, explanations in zip(masks, explain(self.classifier, some, self.methods), strict=True):
                for title, heatmap in with_gaussian(explanations, mask.shape):
                    self.add(title, "", (mass_over_area(heatmap, mask), pointing(heatmap, mask)))
            yield Progress(start + len(some), total)

    def mask(self, sample: Sample) -> np.ndarray:
        """Return where the evidence of a picture lies, (H, W) bool.

        Raises:
            ValueError: it is not known.
        """
        found = self.classifier.spec.task.evidence(sample, "")
        if found is None:
            raise ValueError(f"{sample.name!r} has no mask of the evidence; take a data set that has: 'scenes'")
        return found[0]

    def counted(self, values: np.ndarray) -> str:
        """Return the number of pictures, and of those that were left out."""
        missing = int(np.isnan(values).sum())
        return f"{len(values)} pictures" + (f", {missing} empty maps left out" if missing else "")


class Frames(Plan):
    """Per frame: speech of each frame that speaks, against the mouth and its surroundings."""

    measures: ClassVar[tuple[str, ...]] = ("mass", "pointing", "mass, wide", "pointing, wide")

    def measure(self, data: Any, limit: int, classes: Sequence[str] | None) -> Iterator[Progress]:  # noqa: ARG002
        """Explain the first `limit` clips whose face and sound belong together."""
        samples = self.usable(data, limit)
        for count, sample in enumerate(samples, 1):
            frames = np.flatnonzero(speaking(sample))
            mouths = mask_of(sample)[frames]
            masks = list(zip(mouths, dilated(mouths), strict=True))
            for explanation in explain(self.classifier, sample, self.methods):
                self.add(explanation.method, "", clip_means(explanation.heatmaps[frames], masks))
            centre = centre_gaussian(*sample.frames.shape[1:3])
            self.add(GAUSSIAN, "", clip_means([centre] * len(frames), masks))
            yield Progress(count, len(samples))

    @staticmethod
    def usable(data: Any, limit: int) -> list[Sample]:
        """Return the clips that can be measured, of a data set with kinds those in sync."""
        kinds = getattr(data, "kinds", None)
        places = [place for place in range(len(data)) if kinds is None or kinds[place] == "sync"]
        samples: list[Sample] = []
        for place in places:
            if len(samples) == limit:
                break
            sample = data[place]
            if sample.mask is not None and sample.labels is not None and speaking(sample).any():
                samples.append(sample)
        if not samples:
            raise ValueError("no clip has a mask of the mouth and frames with speech; 'talkers' has both")
        return samples

    def counted(self, values: np.ndarray) -> str:
        """Return the number of clips."""
        return f"{len(values)} clips"


class Attributes(Plan):
    """Multilabel: each attribute on the faces that have it, against the part of the face that carries it."""

    def measure(self, data: Any, limit: int, classes: Sequence[str] | None) -> Iterator[Progress]:
        """Explain up to `limit` faces of each attribute, for it and for the next one in the list."""
        names = [classes] if isinstance(classes, str) else list(classes or known_attributes(data))
        for place, name in enumerate(names):
            index, other = self.classifier.class_index(name), names[(place + 1) % len(names)]
            chosen = faces_with(data, index, name, limit)
            for start in range(0, len(chosen), BATCH):
                some = [data[int(one)] for one in chosen[start : start + BATCH]]
                self.explain_faces(some, name, other)
                yield Progress(start + len(some), len(chosen))

    def explain_faces(self, some: list[Sample], name: str, other: str) -> None:
        """Explain some faces for an attribute and for another one, and measure the maps."""
        maps = explain(self.classifier, some, self.methods, [[name, other]] * len(some))
        count = len(self.methods)
        for sample, found in zip(some, maps, strict=True):
            mask = evidence(sample, name)
            if mask is None:
                raise ValueError(f"{sample.name!r} does not say where the evidence for {name!r} lies; leave it out")
            for method, own, foreign in zip(self.methods, found[:count], found[count:], strict=True):
                self.add(method.text, name, measured(own.heatmap, mask))
                if method.class_specific or (self.classifier.gates == "class" and "gates" in method.needs):
                    self.add(method.text + OTHER, name, measured(foreign.heatmap, mask))
            self.add(GAUSSIAN, name, measured(centre_gaussian(*mask.shape), mask))

    def scores(self) -> Iterator[Score]:
        """Yield the means over all attributes, the paired differences, then the attributes one by one."""
        arrays = {title: {name: np.array(rows) for name, rows in each.items()} for title, each in self.maps.items()}
        for title, each in arrays.items():
            mean, half = mean_over(list(each.values()))
            count = sum(map(len, each.values()))
            for column, measure in enumerate(self.measures):
                yield Score(f"{measure}, {title}", mean[column], f"± {half[column]:.3f} (95 %, {count} maps)")
            yield Score(f"empty, {title}", mean[2], "share of maps that show nothing")
        for rival in RIVALS:
            against = next((title for title in arrays if title.split(":")[0] == rival and OTHER not in title), None)
            yield from self.differences(arrays, against) if against else ()
        for title, each in arrays.items():
            for name, rows in each.items():
                yield Score(f"mass, {title}, {name}", rows[:, 0].mean(), f"{len(rows)} faces with {name}")
                yield Score(f"pointing, {title}, {name}", rows[:, 1].mean(), f"{len(rows)} faces with {name}")
                nothing = f"share of {len(rows)} maps that show nothing"
                yield Score(f"empty, {title}, {name}", rows[:, 2].mean(), nothing)

    def differences(self, arrays: dict[str, dict[str, np.ndarray]], against: str) -> Iterator[Score]:
        """Yield the difference of every map to that of a rival, paired by face."""
        for title, each in arrays.items():
            if title == against:
                continue
            mean, half = mean_over([rows - arrays[against][name] for name, rows in each.items()])
            for column, measure in enumerate(self.measures):
                words = f"± {half[column]:.3f} (95 %, paired by face)"
                yield Score(f"{measure}, {title} minus {against}", mean[column], words)


PLANS: dict[str, type[Plan]] = {"multiclass": Pictures, "multilabel": Attributes, "per-frame": Frames}


def with_gaussian(explanations: list[Explanation], shape: tuple[int, int]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield title and heatmap of each explanation of a picture, then the centre Gaussian."""
    for explanation in explanations:
        yield explanation.method, explanation.heatmap
    yield GAUSSIAN, centre_gaussian(*shape)


def measured(heatmap: np.ndarray, mask: np.ndarray) -> tuple[float, float, float]:
    """Return mass over area and pointing, 0 for a map that shows nothing, and whether it shows nothing."""
    mass, point = np.nan_to_num([mass_over_area(heatmap, mask), pointing(heatmap, mask)])
    return float(mass), float(point), float(not heatmap.max() > 0)


def clip_means(heatmaps: Iterable[np.ndarray], masks: list[tuple[np.ndarray, np.ndarray]]) -> tuple[float, ...]:
    """Return mass over area and pointing in the mouth, then both in the wide mouth: means over the frames."""
    rows = [
        [measure(heatmap, mask) for mask in pair for measure in (mass_over_area, pointing)]
        for heatmap, pair in zip(heatmaps, masks, strict=True)
    ]
    columns = np.array(rows).T
    return tuple(float(np.nanmean(one)) if np.isfinite(one).any() else float("nan") for one in columns)


def speaking(sample: Sample) -> np.ndarray:
    """Return which frames are labelled as speaking and show the mouth, (T,) bool."""
    return (labels_of(sample) == POSITIVE) & mask_of(sample).any((1, 2))


def evidence(sample: Sample, attribute: str) -> np.ndarray | None:
    """Return where the evidence for an attribute lies, (H, W) bool; None where neither sample nor template knows."""
    return expected_evidence(sample, attribute)


def known_attributes(data: Any) -> list[str]:
    """Return the attributes whose evidence is known: all where the samples know it, else those that one can see."""
    return [name for name in data.classes if data[0].evidence is not None or name in VISIBLE]


def faces_with(data: Any, index: int, name: str, limit: int) -> np.ndarray:
    """Return the places of at most `limit` faces with an attribute whose evidence is known, evenly spread."""
    labels = np.asarray(data.labels) if hasattr(data, "labels") else np.stack([one.labels[0] for one in data])
    places = np.flatnonzero(labels[:, index] == 1)
    if not len(places):
        raise ValueError(f"no face has the attribute {name!r}; take another, or more faces")
    if evidence(data[int(places[0])], name) is None:
        raise ValueError(f"no part of the face is known to carry {name!r}; choose an attribute that one can see")
    return places[np.arange(limit) * len(places) // limit] if limit < len(places) else places


def mean_over(groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the groups' means, and half its 95 % interval, (columns,) each; a group is (n, columns).

    Groups count the same whatever their size: the variance of the result is the sum of s^2 / n over their number
    squared.
    """
    means = np.stack([rows.mean(0) for rows in groups])
    variances = np.stack([rows.var(0, ddof=1) / len(rows) if len(rows) > 1 else 0 * rows[0] for rows in groups])
    return means.mean(0), 1.96 * np.sqrt(variances.sum(0)) / len(groups)
