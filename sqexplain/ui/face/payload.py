"""A face as the viewer shows it: a row of maps for each attribute, over the same channels of the same picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sqexplain.evaluation.face_regions import boxes
from sqexplain.explanation import Explanation, ForwardPass
from sqexplain.ui import view_settings, viewer_data
from sqexplain.ui.cache import as_uri, classifier
from sqexplain.ui.face import cache
from sqexplain.ui.page_model import Row, View
from sqexplain.ui.viewer import Panel
from sqexplain.ui.words import answer, per_cent, plain


@dataclass(frozen=True)
class FaceView(View):
    """A face with a target for each attribute; what is kept of it belongs to the session alone."""

    parts: bool = False  # whether the parts of the face are drawn

    named: ClassVar[bool] = True

    def reading(self, target: str) -> ForwardPass:
        """Return the pass for one attribute."""
        return cache.reading(self.model, self.gates, self.sample.digest, target, self.layers, self.sample)

    def explanations(self, target: str, settings: Mapping) -> list[Explanation]:
        """Return the explanation of one attribute by every method, at the settings of the page."""
        known = self.model, self.gates, self.sample.digest, target
        return cache.explanations(*known, self.texts(settings), self.layers, self.sample)

    @property
    def id(self) -> str:
        """What the result depends on, as one text."""
        return f"{super().id}/{self.parts}"

    @property
    def thresholds(self) -> np.ndarray:
        """The decision thresholds, (K,) probabilities."""
        return classifier(self.model, self.gates).thresholds


def payload(view: FaceView) -> dict:
    """Return the data of the viewer, the same for every setting of its controls."""
    rows = view.rows(view_settings.START)
    masks = [view.evidence(row.reading) for row in rows]
    exact = any(mask is not None for mask in masks)
    panels = [
        [*([evidence_panel(mask, row.reading)] if exact else []), *viewer_data.map_panels(row)]
        for row, mask in zip(rows, masks, strict=True)
    ]
    uri = as_uri(view.sample.picture, viewer_data.BASE_SIDE)
    return viewer_data.assembled(view, rows, panels, uri) | {
        "columns": viewer_data.columns(len(panels[0])),
        "groups": [group(view, row.reading) for row in rows],
        "boxes": outlines(*view.sample.frames.shape[1:3]) if view.parts else [],
        "answer": headline(view, rows),
        "account": f"· {viewer_data.maps_account(rows[0])}",
        "target": plain(rows[0].reading.target_names[0]),
    }


def evidence_panel(mask: np.ndarray | None, reading: ForwardPass) -> Panel:
    """Return the panel of the evidence (H, W) bool for an attribute, None where it is hidden on this face."""
    if mask is None:
        return Panel("Evidence", "hidden on this face, so nothing is marked", map=np.zeros((2, 2), np.float32))
    return viewer_data.evidence_panel(mask, reading, "where it is or would be: known, since it was drawn")


def group(view: FaceView, reading: ForwardPass) -> dict:
    """Return what the viewer knows of one row."""
    index = int(reading.targets[0])
    threshold = view.thresholds[index]
    yes = reading.task.probabilities(reading.logits[0])[index] >= threshold
    parts = [f"· prediction: {'yes' if yes else 'no'} (threshold {per_cent(threshold)})"]
    if yes != (reading.signs[0] > 0):
        side, other = ("for", "against") if yes < reading.signs[0] else ("against", "for")
        parts.append(f"the maps magnify weak evidence {side} it; “{other} it” shows the reasons for the prediction")
    there = view.selection.truth.get(reading.classes[index])
    if there is not None:
        parts.append(f"labelled {'yes' if there else 'no'}")
    named = {"heading": answer(reading), "told": " · ".join(parts), "target": plain(reading.target_names[0])}
    return viewer_data.scores(reading) | named


def headline(view: FaceView, rows: list[Row]) -> str:
    """Return the answers in one line; of a single one with its threshold."""
    answers = ", ".join(answer(row.reading) for row in rows)
    if len(rows) > 1:
        return answers
    return f"{answers} (threshold {per_cent(view.thresholds[int(rows[0].reading.targets[0])])})"


def map_titles(rows: Sequence[Row], sign: str) -> list[str]:
    """Return a title for each map, before it its attribute and a sign where there are several."""
    return [
        f"{plain(row.reading.target_names[0])}{sign}{one.title}" if len(rows) > 1 else one.title
        for row in rows
        for one in row.explanations
    ]


def outlines(height: int, width: int) -> list[list[float]]:
    """Return the boxes of the parts of a face as shares of the picture: top, left, height, width."""
    return [
        [top / height, left / width, (bottom - top) / height, (right - left) / width]
        for found in boxes(height, width).values()
        for top, bottom, left, right in found
    ]
