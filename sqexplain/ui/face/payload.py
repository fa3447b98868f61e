"""A face as the viewer shows it: a row of maps for each attribute, over the same channels of the same picture."""

from dataclasses import dataclass

import numpy as np

from sqexplain.evaluation.face_regions import boxes
from sqexplain.explanation import Explanation, Reading
from sqexplain.ui import viewer_data
from sqexplain.ui.face import cache
from sqexplain.ui.face.sources import Picked
from sqexplain.ui.viewer import Panel
from sqexplain.ui.viewer_data import View, account, answer, per_cent, plain, scores_of

PAPER = {"percent": 10, "rule": "topk"}
ROW = 5  # pictures that stand side by side; of more there are several lines


@dataclass(frozen=True)
class Asked(View):
    """One attribute of a face, "Smiling" or "not Smiling"; what is kept of it belongs to the session alone."""

    @property
    def reading(self) -> Reading:
        """The one pass behind it all."""
        return cache.reading(self.model, self.gates, self.sample.digest, self.target, self._layers, self.sample)

    def explanations(self, settings: dict) -> list[Explanation]:
        """Return the explanation by every method at the settings of the viewer."""
        texts = tuple(viewer_data.method_text(name, settings) for name in self.methods)
        known = self.model, self.gates, self.sample.digest, self.target, texts, self._layers
        return cache.explanations(*known, self.sample)

    @property
    def _layers(self) -> bool:
        return "fullgrad" in self.methods


@dataclass(frozen=True)
class FaceView:
    """What is looked at: a face, a model with its gates, what is asked of it, some methods; whether parts are drawn."""

    picked: Picked
    model: str
    gates: str
    asked: tuple[str, ...]
    methods: tuple[str, ...]
    parts: bool = False

    @property
    def sample(self):
        """The face."""
        return self.picked.sample

    @property
    def rows(self) -> list[Asked]:
        """One view for each attribute."""
        return [Asked(self.sample, self.model, self.gates, one, self.methods) for one in self.asked]

    @property
    def thresholds(self) -> np.ndarray:
        """From which probability (K,) on an answer is a yes."""
        return cache.thresholds(self.model, self.gates)

    @property
    def id(self) -> str:
        """What the result depends on, as one text."""
        return "/".join((self.sample.digest, self.model, self.gates, *self.asked, *self.methods, str(self.parts)))

    def explanations(self, settings: dict) -> list[Explanation]:
        """Return the explanations of all attributes, row after row."""
        return [one for row in self.rows for one in row.explanations(settings)]


def payload(view: FaceView) -> dict:
    """Return the data of the viewer, the same for every setting of its controls."""
    rows = view.rows
    readings = [row.reading for row in rows]
    found = [row.explanations(PAPER) for row in rows]
    exact = any(evidence(view, reading) is not None for reading in readings)
    panels = [
        one
        for number, (row, reading, explanations) in enumerate(zip(rows, readings, found, strict=True))
        for one in panels_of(view, number, row, reading, explanations, exact)
    ]
    first, uri = readings[0], cache.picture_uri(view.sample.digest, viewer_data.BASE_SIDE, view.sample)
    return viewer_data.base(first, uri) | {
        "id": view.id,
        "panels": panels,
        "columns": columns(len(panels) // len(rows)),
        "groups": [group(view, reading) for reading in readings],
        "boxes": outlines(*view.sample.frames.shape[1:3]) if view.parts else [],
        "answer": headline(view, readings),
        "account": account(first, found[0]),
        "target": plain(first.asked[0]),
    }


def panels_of(
    view: FaceView, number: int, row: Asked, reading: Reading, explanations: list[Explanation], exact: bool
) -> list[dict]:
    """Return the pictures of one row: a map by each method, before them the evidence, if that is known for any row."""
    made = [viewer_data.panel(row, one) for one in explanations]
    found = [truth(evidence(view, reading)), *made] if exact else made
    cells = reading.features.shape[2:]
    return [one.packed(cells) | {"group": number} for one in found]


def columns(count: int) -> int:
    """Return how many pictures of a row stand side by side."""
    lines = -(-count // ROW)
    return -(-count // lines)


def evidence(view: FaceView, reading: Reading) -> np.ndarray | None:
    """Return where the attribute of a reading is seen or would be, (H, W) bool, for drawn faces; None if unknown."""
    known = (view.sample.evidence or {}).get(reading.classes[int(reading.targets[0])])
    return None if known is None else known[0]


def truth(mask: np.ndarray | None) -> Panel:
    """Return the panel of the evidence."""
    if mask is None:
        return Panel("Evidence", "hidden on this face, so no place is marked", map=np.zeros((2, 2), np.float32))
    told = "where it is or would be, as it was drawn"
    return Panel("Evidence", told, map=mask[::2, ::2].astype(np.float32))


def group(view: FaceView, reading: Reading) -> dict:
    """Return what the viewer knows of one row."""
    index = int(reading.targets[0])
    said = viewer_data.chances(reading)[index] >= view.thresholds[index]
    told = [f"· the net says {'yes' if said else 'no'} (threshold {per_cent(view.thresholds[index])})"]
    if said != (reading.signs[0] > 0):
        side, other = ("for", "against") if said < reading.signs[0] else ("against", "for")
        told.append(f"the maps enlarge what little speaks {side} it; “{other} it” shows its reasons")
    there = view.picked.truth.get(reading.classes[index])
    if there is not None:
        told.append(f"labelled {'yes' if there else 'no'}")
    named = {"heading": answer(reading), "told": " · ".join(told), "target": plain(reading.asked[0])}
    return scores_of(reading) | named


def headline(view: FaceView, readings: list[Reading]) -> str:
    """Return the answers in one line; of a single one with its threshold."""
    if len(readings) > 1:
        return ", ".join(answer(one) for one in readings)
    threshold = per_cent(view.thresholds[int(readings[0].targets[0])])
    return f"{answer(readings[0])} (threshold {threshold})"


def outlines(height: int, width: int) -> list[list[float]]:
    """Return the boxes of the parts of a face as shares of the picture: top, left, height, width."""
    return [
        [top / height, left / width, (bottom - top) / height, (right - left) / width]
        for found in boxes(height, width).values()
        for top, bottom, left, right in found
    ]
