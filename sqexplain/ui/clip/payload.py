"""A clip as the player reads it: faces, sound, probabilities, maps of every frame, and the sentences around them.

T frames, C channels, h x w cells of a map, H x W pixels of a frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sqexplain.drawing import COLORMAPS, table
from sqexplain.explanation import Explanation, ForwardPass
from sqexplain.gates.selection import Z
from sqexplain.methods import parse
from sqexplain.metrics.localisation import DILATION, dilated
from sqexplain.models import MODELS
from sqexplain.sample import Sample
from sqexplain.ui.clip import cache, packing
from sqexplain.ui.clip.people import Cast, whole_picture
from sqexplain.ui.clip.tiles import SIDE, sheet_of
from sqexplain.ui.page_model import View
from sqexplain.ui.viewer import pack
from sqexplain.ui.words import account, kind

SILENT = 0.02  # the largest value of a sound in which nobody is heard
SHEET_SPREAD = 2.5  # standard deviations of a coefficient between black and white


@dataclass(frozen=True)
class ClipView(View):
    """A clip; of several people the one that is explained."""

    cast: Cast | None = None

    def reading(self, target: None = None) -> ForwardPass:  # noqa: ARG002
        """Return the pass over the clip."""
        return cache.reading(self.model, self.gates, self.sample.digest, self.layers, self.sample)

    def explanations(self, target: None, settings: Mapping) -> list[Explanation]:
        """Return the explanation by every method at the settings of the player."""
        return self.reading(target).explain(self.texts(settings), self.scale(settings))

    @property
    def id(self) -> str:
        """What the result depends on, as one text."""
        return f"{super().id}/{self.cast.person if self.cast else 0}"

    @property
    def file(self) -> str:
        """The name of the file of its sample that the page offers."""
        return f"{self.sample.slug}.mp4"

    @property
    def probabilities(self) -> np.ndarray:
        """The probability (T,) of the target."""
        reading = self.reading()
        return reading.task.probabilities(reading.logits)[:, int(reading.targets[0])]

    def scale(self, settings: Mapping) -> str:
        """Return what one scale of the heatmaps spans, "picture" or "clip"."""
        return "clip" if settings["scale"] == "clip" else "picture"

    def opening(self) -> str:
        """Return the Python that opens the sample."""
        if self.selection.source:
            return super().opening()
        return (
            "from sqexplain.faces import find_people\n\n"
            f"*_, footage = find_people({self.file!r})  # your video\n"
            f"sample = footage.people[{self.cast.person}].framed({MODELS[self.model].crop!r})"
        )


def payload(view: ClipView) -> dict:
    """Return the data of the player, the same for every setting of its controls."""
    reading, sample = view.reading(), view.sample
    explanations = reading.explain(view.methods, "clip")
    target = int(reading.targets[0])
    mouth = mouth_masks(sample)
    ranked = sum(ranks(parse(one.method), reading) for one in explanations)
    percents = packing.choose_percents(ranked, len(sample.frames), int(np.prod(reading.post_gate.shape[2:])))
    return {
        "id": view.id,
        "clip": sample.digest,
        "name": sample.name,
        "frames": len(sample.frames),
        "fps": sample.fps,
        "faces": sheet_of(sample.frames),
        "seen": f"seen by the model at {SIDE}×{SIDE} pixels{' in grey' if MODELS[view.model].grey else ''}, with sound",
        "sound": None if sample.audio is None else pack(np.rint(sample.audio.clip(-1, 1) * 32767), "<i2"),
        "sheet": sound_sheet(explanations, reading),
        "classes": list(reading.classes),
        "asked": target,
        "target": reading.classes[target],
        "chances": pack(view.probabilities, "<f4"),
        "labels": None if sample.labels is None else sample.labels.tolist(),
        "mouth": {name: masks.mean((1, 2)).round(5).tolist() for name, masks in mouth.items()} or None,
        "strip": f"heat on the mouth ± {DILATION} px" if mouth else "heat of a frame, relative to the largest",
        "percents": percents,
        "panels": [panel(one, reading, percents, mouth) for one in explanations],
        "scores": scores(reading),
        "luts": {name: pack(table(name), "u1") for name in COLORMAPS},
        "titles": COLORMAPS,
        "account": maps_account(reading, explanations),
        "warning": " ".join(warnings(reading, sample)),
        **whole_picture(view.cast, len(sample.frames)),
    }


def ranks(method, reading: ForwardPass) -> bool:
    """Say whether a map is the mean of some first channels, so that it follows the percentage."""
    return hasattr(method, "percent") and reading.order(method) is not None


def mouth_masks(sample: Sample) -> dict[str, np.ndarray]:
    """Return where the mouth is, (T, H, W) bool, strictly and with the pixels around; {} where it is not known."""
    if sample.regions is None or "mouth" not in sample.regions:
        return {}
    strict = sample.regions["mouth"]
    return {"strict": strict, "wide10": dilated(strict)}


def panel(one: Explanation, reading: ForwardPass, percents: list[int], mouth: Mapping[str, np.ndarray]) -> dict:
    """Return one method as the player draws it."""
    method, ranked = parse(one.method), ranks(parse(one.method), reading)
    raws = packing.ranked_maps(reading, method, percents) if ranked else one.raws[None]  # (K, T, h, w)
    maps = halved(packing.shown_raws(raws, method), reading.post_gate.shape[2:])
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


def scores(reading: ForwardPass) -> dict:
    """Return the gates (or mean activations) of every frame; one row where all frames have the same."""
    gated = reading.gates is not None
    values = reading.gates if gated else reading.post_gate.mean((2, 3))  # (T, C)
    rows = values[:1] if (values == values[0]).all() else values
    return {
        "label": "SE value" if gated else "mean activation",
        "values": pack(rows, "<f4"),
        "shape": list(rows.shape),
        "rule": Z if gated else None,
        "top": 1.0 if gated else float(max(values.max(), 1e-6)),
    }


def sound_sheet(explanations: list[Explanation], reading: ForwardPass) -> dict | None:
    """Return the mel cepstrum as grey levels, each coefficient around its own mean; None where no map of it exists."""
    sound = next((one.streams["audio"] for one in explanations if "audio" in one.streams), None)
    if sound is None:
        sound = reading.explain(["mean"])[0].streams.get("audio")
    if sound is None:
        return None
    sheet = sound.pictures[0]  # (13, 4T)
    spread = np.maximum(sheet.std(1, keepdims=True), 1e-6)
    shades = (sheet - sheet.mean(1, keepdims=True)) / spread / (2 * SHEET_SPREAD) + 0.5
    return {"size": list(sheet.shape), "levels": pack(np.rint(shades.clip(0, 1) * 255), "u1")}


def maps_account(reading: ForwardPass, explanations: list[Explanation]) -> str:
    """Return what the maps are, with {count}, {percent} and {scale} for the player to fill in."""
    methods = [parse(one.method) for one in explanations]
    first = next((method for method in methods if ranks(method, reading)), None)
    return account(reading, len(methods), first, "top {percent} %", "{scale}")


def warnings(reading: ForwardPass, sample: Sample) -> list[str]:
    """Return the sentences that hold for the whole clip: no sound, too short, gates that never change."""
    found = list(reading.notes)
    if sample.audio is not None and np.abs(sample.audio).max() < SILENT:
        found.append("There is hardly any sound, so no model can hear anybody speak here.")
    if reading.gates is not None and len(reading.gates) > 1 and reading.gates_kind == "paper":
        found.append("These gates are one vector for the whole clip, as published: every frame uses the same channels.")
    return found
