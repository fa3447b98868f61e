"""A clip as the player reads it: faces, sound, answers, maps of every frame, and the words around them.

T frames, C channels, h x w cells of a map, H x W pixels of a frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sqexplain.drawing import COLORMAPS, table
from sqexplain.explanation import Explanation, Reading
from sqexplain.gates.selection import Z
from sqexplain.methods import parse
from sqexplain.metrics.localisation import DILATION, dilated
from sqexplain.sample import Sample
from sqexplain.tasks import probabilities
from sqexplain.ui import cache
from sqexplain.ui.clip import packing
from sqexplain.ui.clip.people import Cast, whole_picture
from sqexplain.ui.clip.tiles import SIDE, sheet_of
from sqexplain.ui.viewer import pack
from sqexplain.ui.viewer_data import kind

SILENT = 0.02  # the largest value of a sound in which nobody is heard
SHEET_SPREAD = 2.5  # standard deviations of a coefficient between black and white


@dataclass(frozen=True)
class ClipView:
    """What is looked at: a clip, a model with its gates, some methods; of several people the one explained."""

    sample: Sample
    model: str
    gates: str
    methods: tuple[str, ...]
    cast: Cast | None = None

    @property
    def reading(self) -> Reading:
        """The one pass behind it all."""
        layers = "fullgrad" in self.methods
        return cache.clip_reading(self.model, self.gates, self.sample.digest, layers, self.sample)

    @property
    def id(self) -> str:
        """What the result depends on, as one text."""
        person = self.cast.person if self.cast else 0
        return "/".join((self.sample.digest, self.model, self.gates, *self.methods, str(person)))


def payload(view: ClipView) -> dict:
    """Return the data of the player, the same for every setting of its controls."""
    reading, sample = view.reading, view.sample
    explanations = reading.explain(view.methods, "clip")
    target = int(reading.targets[0])
    mouth = mouth_masks(sample)
    ranked = sum(ranks(parse(one.method), reading) for one in explanations)
    percents = packing.choose_percents(ranked, len(sample.frames), int(np.prod(reading.features.shape[2:])))
    return {
        "id": view.id,
        "clip": sample.digest,
        "name": sample.name,
        "frames": len(sample.frames),
        "fps": sample.fps,
        "faces": sheet_of(sample.frames),
        "seen": f"the net hears it, and sees it {'in grey ' if grey(view) else ''}at {SIDE}×{SIDE} pixels",
        "sound": None if sample.audio is None else pack(np.rint(sample.audio.clip(-1, 1) * 32767), "<i2"),
        "sheet": sound_sheet(explanations, reading),
        "classes": list(reading.classes),
        "asked": target,
        "target": reading.classes[target],
        "chances": pack(chances(reading), "<f4"),
        "labels": None if sample.labels is None else sample.labels.tolist(),
        "mouth": {name: masks.mean((1, 2)).round(5).tolist() for name, masks in mouth.items()} or None,
        "strip": f"heat on the mouth ± {DILATION} px" if mouth else "all heat of a frame, 1 = most",
        "percents": percents,
        "panels": [panel(one, reading, percents, mouth) for one in explanations],
        "scores": scores(reading),
        "luts": {name: pack(table(name), "u1") for name in COLORMAPS},
        "titles": COLORMAPS,
        "account": account(reading, explanations),
        "warning": " ".join(warnings(reading, sample)),
        **whole_picture(view.cast, len(sample.frames)),
    }


def ranks(method, reading: Reading) -> bool:
    """Say whether a map is the mean of some first channels, so that it follows the percentage."""
    return hasattr(method, "percent") and reading.order(method) is not None


def grey(view: ClipView) -> bool:
    """Say whether the net sees grey pictures."""
    return cache.classifier(view.model, view.gates).spec.grey


def chances(reading: Reading) -> np.ndarray:
    """Return the probability (T,) of the class that is explained."""
    return probabilities(reading.logits)[:, int(reading.targets[0])]


def mouth_masks(sample: Sample) -> dict[str, np.ndarray]:
    """Return where the mouth is, (T, H, W) bool, strictly and with the pixels around; {} where it is not known."""
    if sample.regions is None or "mouth" not in sample.regions:
        return {}
    strict = sample.regions["mouth"]
    return {"strict": strict, "wide10": dilated(strict)}


def panel(one: Explanation, reading: Reading, percents: list[int], mouth: Mapping[str, np.ndarray]) -> dict:
    """Return one method as the player draws it."""
    method, ranked = parse(one.method), ranks(parse(one.method), reading)
    raws = packing.ranked_maps(reading, method, percents) if ranked else one.raws[None]  # (K, T, h, w)
    maps = halved(packing.shown_raws(raws, method), reading.features.shape[2:])
    sound = one.streams.get("audio")
    return packing.packed_maps(maps, one.pictures.shape[1:3], mouth, method.interpolation) | {
        "title": method.title,
        "tag": kind(method, reading) + ("" if ranked or not hasattr(method, "percent") else ", top 10 %"),
        "summary": method.summary,
        "note": " ".join(note for note in one.notes if note not in reading.notes),
        "ranked": ranked,
        "interpolation": method.interpolation,
        "sheet": None if sound is None else pack(np.rint(sound.heatmaps[0] * 255), "u1"),  # (13, 4T)
    }


def halved(maps: np.ndarray, cells: tuple[int, int]) -> np.ndarray:
    """Return maps (K, T, h, w) of at most twice the `cells` of a layer: maps at the size of a picture are averaged."""
    while maps.shape[2] > 2 * cells[0] and maps.shape[2] % 2 == maps.shape[3] % 2 == 0:
        maps = maps.reshape(*maps.shape[:2], maps.shape[2] // 2, 2, maps.shape[3] // 2, 2).mean((3, 5))
    return maps


def scores(reading: Reading) -> dict:
    """Return the gates (or mean activations) of every frame; one row where all frames have the same."""
    gated = reading.gates is not None
    values = reading.gates if gated else reading.features.mean((2, 3))  # (T, C)
    rows = values[:1] if (values == values[0]).all() else values
    return {
        "label": "SE value" if gated else "mean activation",
        "values": pack(rows, "<f4"),
        "shape": list(rows.shape),
        "rule": Z if gated else None,
        "top": 1.0 if gated else float(max(values.max(), 1e-6)),
    }


def sound_sheet(explanations: list[Explanation], reading: Reading) -> dict | None:
    """Return the mel cepstrum as grey levels, each coefficient around its own mean; None where no map of it exists."""
    heard = next((one.streams["audio"] for one in explanations if "audio" in one.streams), None)
    if heard is None:
        heard = reading.explain(["mean"])[0].streams.get("audio")
    if heard is None:
        return None
    sheet = heard.pictures[0]  # (13, 4T)
    spread = np.maximum(sheet.std(1, keepdims=True), 1e-6)
    shades = (sheet - sheet.mean(1, keepdims=True)) / spread / (2 * SHEET_SPREAD) + 0.5
    return {"size": list(sheet.shape), "levels": pack(np.rint(shades.clip(0, 1) * 255), "u1")}


def account(reading: Reading, explanations: list[Explanation]) -> str:
    """Return what the maps are, with {count}, {percent} and {scale} for the player to fill in."""
    channels, height, width = reading.features.shape[1:]
    methods = [parse(one.method) for one in explanations]
    first = next((method for method in methods if ranks(method, reading)), None)
    where = f"layer “{reading.layer}” {height}×{width}"
    if first is None:
        return f"{len(methods)} maps of {channels} channels, {where} · {{scale}}"
    what = f"{first.title} map of {{count}} of {channels} channels (top {{percent}} %), {kind(first, reading)}"
    return f"{what}, {where} · {{scale}}"


def warnings(reading: Reading, sample: Sample) -> list[str]:
    """Return the sentences that hold for the whole clip: no sound, too short, gates that never change."""
    found = list(reading.notes)
    if sample.audio is not None and np.abs(sample.audio).max() < SILENT:
        found.append("There is hardly any sound: no net can hear anybody speak here.")
    if reading.gates is not None and len(reading.gates) > 1 and reading.gates_kind == "paper":
        found.append("These gates are one vector for the whole clip, as published: the map moves, its channels do not.")
    return found
