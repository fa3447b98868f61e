"""The maps of the grid: samples drawn by seed, asked of every net of a model, as rows of a table and back as pictures.

N frames that are shown, h x w native size of a map, H x W picture size.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from sqexplain.classifier import Classifier, Spec
from sqexplain.data import Dataset
from sqexplain.drawing import overlay
from sqexplain.evaluation.face_regions import VISIBLE
from sqexplain.explanation import Explanation
from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.figures.table import Row, Table
from sqexplain.methods import METHODS, Random, parse
from sqexplain.sample import Sample, label_of
from sqexplain.sample.cropping import CropBox, crop
from sqexplain.tasks import MULTILABEL

SAMPLES, FRAMES = 3, 8  # of each model for pictures; of the clip
FINE = 150  # pixels of width that a picture has at least before a map is laid over it
OPACITY = 0.7
FROZEN = "none"  # the net without gates; those of "sparse" and "class" were learned on it and leave it as it is
GRADIENTS, GATES, CONTROLS = "Gradients", "Gates of an SE block", "Controls, without SE"


@dataclass(frozen=True)
class Kind:
    """One sort of map: the gates of the net it comes from, its method, and what a person reads."""

    gates: str
    method: str
    title: str
    group: str

    def text(self, seed: int) -> str:
        """Return the method in its text form; channels at random are drawn by the same seed."""
        return Random(seed=seed).text if self.method == "random" else METHODS[self.method]().text


KINDS = (
    Kind("none", "gradcam", "GradCAM", GRADIENTS),
    Kind("none", "gradcam++", "GradCAM++", GRADIENTS),
    Kind("none", "eigengradcam", "EigenGradCAM", GRADIENTS),
    Kind("none", "fullgrad", "FullGrad", GRADIENTS),
    Kind("paper", "se", "SE (paper)", GATES),
    Kind("sparse", "se", "SE (sparse)", GATES),
    Kind("class", "se", "SE (class)", GATES),
    Kind("class", "se_evidence", "SE evidence", GATES),
    Kind("none", "mean", "All channels", CONTROLS),
    Kind("none", "pooled", "Strongest channels", CONTROLS),
    Kind("none", "peaks", "Highest channels", CONTROLS),
    Kind("none", "random", "Random channels", CONTROLS),
)


@dataclass(frozen=True)
class Drawn:
    """A sample that the seed has drawn: its place in the data set, and what is asked of it, None for the usual."""

    place: int
    sample: Sample
    target: str | None
    frames: tuple[int, ...]  # those that are shown


def kinds_of(gates: Iterable[str], clips: bool) -> list[Kind]:
    """Return the sorts of maps that a model with these gates has; the yardstick of heads that read peaks for clips."""
    return [kind for kind in KINDS if kind.gates in gates and (clips or not METHODS[kind.method].peaked)]


def draw_samples(spec: Spec, data: Dataset, seed: int, limit: int | None) -> list[Drawn]:
    """Return the samples that the seed draws: three pictures, or one clip; at most `limit`."""
    source = np.random.default_rng(seed)
    wanted = min(1 if spec.streams else SAMPLES, len(data))
    places = source.choice(len(data), wanted, replace=False).tolist()
    found = []
    for place in places[:limit]:
        sample = data[place]
        target = draw_attribute(spec, sample, source) if spec.multilabel else None
        shown = np.linspace(0, len(sample.frames) - 1, min(FRAMES, len(sample.frames))).round().astype(int)
        found.append(Drawn(place, sample, target, tuple(shown.tolist())))
    return found


def draw_attribute(spec: Spec, face: Sample, source: np.random.Generator) -> str:
    """Return one of the attributes that a face has and that can be seen in one place; any of those where it has none.

    A drawn face knows where each of its attributes is seen; of photographs it is `VISIBLE`.
    """
    visible = [name for name in spec.classes if name in (VISIBLE if face.evidence is None else face.evidence)]
    there = [name for name in visible if label_of(face)[spec.classes.index(name)] == 1]
    return str(source.choice(there or visible))


def rows_of(explanation: Explanation, kind: Kind, one: Drawn, net: Classifier, data: Dataset, seed: int) -> list[dict]:
    """Return a row of the table for each row of each native map that is shown of one explanation."""
    rows: list[Row] = []
    for frame in one.frames:
        target = int(explanation.targets[frame])
        head = {"model": explanation.model, "gates": kind.gates, "data": data.name, "size": len(data)}
        head |= {"sample": one.sample.name, "place": one.place, "seed": seed}
        head |= {"target": explanation.target_names[frame], "answer": answer(explanation, frame, net)}
        head |= {"probability": float(explanation.probabilities[frame, target])}
        head |= {"truth": truth(one.sample, data, frame, target), "method": explanation.method}
        head |= {"title": kind.title}
        head |= {"channels": None if explanation.channels is None else int(explanation.channels[frame])}
        for number, values in enumerate(explanation.raws[frame]):
            notes = " ".join(explanation.notes) if number == 0 and frame == one.frames[0] else None
            line = {"frame": frame, "row": number, "values": " ".join(f"{value:.6g}" for value in values)}
            rows.append(head | line | {"notes": notes})
    return rows


def answer(explanation: Explanation, frame: int, net: Classifier) -> str:
    """Return the class that the net of an explanation answers; of an attribute whether it says yes."""
    shares = explanation.probabilities[frame]  # (K,)
    if explanation.task != MULTILABEL:
        return explanation.classes[int(shares.argmax())]
    target = int(explanation.targets[frame])
    return "yes" if shares[target] >= net.thresholds[target] else "no"


def truth(sample: Sample, data: Dataset, frame: int, target: int) -> str | None:
    """Return what the label says, "yes" or "no" of an attribute; None where it is not known."""
    if sample.labels is None:
        return None
    label = sample.labels[frame]
    if label.ndim:
        return {0: "no", 1: "yes"}.get(int(label[target]))
    return data.classes[int(label)] if label >= 0 else None


def native_maps(table: Table) -> dict[tuple[int, Kind], np.ndarray]:
    """Return the native maps (N, h, w) of a table of one model by place and sort."""
    lines: dict[tuple[int, Kind], dict[int, list[list[float]]]] = {}
    known = {(kind.gates, kind.method): kind for kind in KINDS}
    for row in table.dicts():
        kind = known[str(row["gates"]), parse(str(row["method"])).name]
        values = [float(value) for value in str(row["values"]).split()]
        lines.setdefault((int(row["place"]), kind), {}).setdefault(int(row["frame"]), []).append(values)
    return {key: np.array(list(frames.values()), np.float32) for key, frames in lines.items()}


def overlays(maps: np.ndarray, kind: Kind, frames: np.ndarray, spec: Spec, colormap: str) -> list[np.ndarray]:
    """Return the frames (N, H, W, 3), enlarged, each with its native map (N, h, w) over it; one scale for all maps.

    Of one picture that is its own scale.
    """
    view = crop(frames[0], spec.shape, spec.resize)[1]
    large = [enlarged(frame) for frame in frames]
    times = large[0].shape[1] // frames.shape[2]
    box = CropBox(*(times * side for side in (view.top, view.left, view.height, view.width)))
    native = METHODS[kind.method].native
    height, width = large[0].shape[:2]
    shown = heatmaps(torch.tensor(maps), height, width, box, native, "bilinear", together=True)
    return [overlay(picture, heatmap, OPACITY, colormap) for picture, heatmap in zip(large, shown.numpy(), strict=True)]


def enlarged(picture: np.ndarray) -> np.ndarray:
    """Return a picture at so many whole times its size that a map over it is smooth; its pixels stay squares."""
    times = max(1, -(-FINE // picture.shape[1]))
    return picture.repeat(times, 0).repeat(times, 1)
