"""What the viewer is sent: panels, channels, scores and sentences of a view, the same for every setting of it.

C channels, h x w cells of a map, H x W pixels of a picture.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sqexplain.drawing import COLORMAPS, table
from sqexplain.explanation import Explanation, ForwardPass
from sqexplain.gates.selection import Z, gaussian_rule, rule_threshold
from sqexplain.methods import Method, parse
from sqexplain.tasks import MULTILABEL
from sqexplain.ui import cache, view_settings
from sqexplain.ui.page_model import Row, View, inside
from sqexplain.ui.viewer import Panel, pack
from sqexplain.ui.words import account, answer, kind, per_cent, variations

BASE_SIDE = 640  # pixels of the picture that the viewer draws
MASK_SIDE = 160  # a mask of more pixels is thinned out
EVIDENCE = "where the object is: known, since it was drawn"
ROW = 5  # pictures side by side; of more there are several lines


def payload(view: View) -> dict:
    """Return the data of the viewer for one target: the picture, the evidence where it is known, and the maps."""
    (row,) = rows = view.rows(view_settings.START)
    mask = view.evidence(row.reading)
    evidence = (
        [] if mask is None else [evidence_panel(mask, row.reading, "where the object is, known because it was drawn")]
    )
    panels = [[picture_panel(view, row.reading), *evidence, *map_panels(row)]]
    uri = cache.picture_uri(view.sample.digest, BASE_SIDE, view.sample)
    text = f"· {other_class(row.reading)}{maps_account(row)}"
    return assembled(view, rows, panels, uri) | {"answer": answer(row.reading), "account": text}


def assembled(view: View, rows: Sequence[Row], panels: Sequence[Sequence[Panel]], picture: str) -> dict:
    """Return what the viewer needs of a view but for its sentences; `panels` are those of each row."""
    reading = rows[0].reading
    box, (height, width) = reading.views[0], reading.pictures.shape[1:3]
    cells = reading.post_gate.shape[2:]
    return channels(reading) | {
        "id": view.id,
        "name": reading.sample,
        "picture": picture,
        "width": width,
        "height": height,
        "view": [box.top, box.left, box.height, box.width],
        "panels": [one.packed(cells) | {"group": place} for place, row in enumerate(panels) for one in row],
        "luts": {name: pack(table(name), "u1") for name in COLORMAPS},
        "titles": COLORMAPS,
        "scale": "0 to 1: from the lowest to the highest value of each map",
    }


def channels(reading: ForwardPass) -> dict:
    """Return the maps of the channels and their scores."""
    features = reading.post_gate[0]  # (C, h, w)
    return scores(reading) | {
        "cells": list(features.shape[1:]),
        "features": pack(features, "<f4"),
        "label": "SE value" if reading.gates is not None else "mean activation",
    }


def scores(reading: ForwardPass) -> dict:
    """Return the scores of the channels with their order, the target, the contributions to it, the paper's rule."""
    gated = reading.gates is not None
    values = channel_scores(reading)
    return {
        "target": reading.target_names[0],
        "scores": pack(values, "<f4"),
        "order": pack(reading.order("se" if gated else "pooled")[0], "<i4"),
        "contributions": pack(reading.attribution[0], "<f4"),
        "rule": paper_rule(values) if gated else None,
    }


def channel_scores(reading: ForwardPass) -> np.ndarray:
    """Return what ranks the channels, (C,): the gates, without gates the mean activations."""
    return reading.post_gate[0].mean((1, 2)) if reading.gates is None else reading.gates[0]


def paper_rule(gates: np.ndarray) -> dict:
    """Return the authors' threshold on gates (C,) and how many lie above it."""
    return {"z": Z, "threshold": float(rule_threshold(gates)[0]), "count": int(gaussian_rule(gates).sum())}


def picture_panel(view: View, reading: ForwardPass) -> Panel:
    """Return the panel of the picture itself."""
    box, (height, width) = reading.views[0], view.sample.frames.shape[1:3]
    whole = box.height >= height - 2 and box.width >= width - 2
    height, width = cache.classifier(view.model, view.gates).spec.shape
    part = "" if whole else "the bright part is "
    return Panel("Picture", f"{part}seen by the model at {width}×{height} pixels")


def evidence_panel(mask: np.ndarray, reading: ForwardPass, text: str) -> Panel:
    """Return the panel of a mask (H, W) bool of the evidence, of the part that the net saw."""
    step = -(-max(mask.shape) // MASK_SIDE)
    return Panel("Evidence", text, map=mask[inside(reading.views[0])][::step, ::step].astype(np.float32))


def map_panels(row: Row) -> list[Panel]:
    """Return the panel of every explanation."""
    return [map_panel(row.reading, one) for one in row.explanations]


def map_panel(reading: ForwardPass, explanation: Explanation) -> Panel:
    """Return the panel of one explanation: a finished map, or an order of channels with their weights."""
    method = parse(explanation.method)
    looks: dict[str, Any] = {
        "title": method.title,
        "tag": ", ".join([kind(method, reading), *variations(method)]),
        "summary": method.summary,
        "note": " ".join(explanation.notes),
        "interpolation": method.interpolation,
    }
    order = reading.order(method)
    if order is None:
        raw = explanation.raw
        if method.native:
            raw = np.maximum(np.nan_to_num(raw, nan=0, posinf=0, neginf=0), 0)
        return Panel(map=raw, **looks)
    ranked = hasattr(method, "rule") or (reading.gates is None and method.name == "pooled")  # as the histogram is
    offset = reading.offset(method)
    offset = None if offset is None else offset[0]
    return Panel(order=order[0], weights=channel_weights(method, reading), offset=offset, gated=ranked, **looks)


def channel_weights(method: Method, reading: ForwardPass) -> np.ndarray | None:
    """Return what each of the maps that leave the block counts in the map of a method, (C,); None where all count 1."""
    weights = reading.weights(method)
    weights = None if weights is None else weights[0]
    if getattr(method, "scaled", True) or reading.gates_kind not in ("paper", "sparse"):
        return weights
    return (1 if weights is None else weights) / np.maximum(reading.gates[0], 1e-6)  # undoes the scaling


def other_class(reading: ForwardPass) -> str:
    """Return the prediction where it is not the target; "" where it is, or for yes-or-no answers."""
    shares, target = reading.task.probabilities(reading.logits[0]), int(reading.targets[0])
    best = int(shares.argmax())
    if best == target or reading.task == MULTILABEL:
        return ""
    return f"predicted: {reading.classes[best]} {per_cent(shares[best])} · "


def maps_account(row: Row) -> str:
    """Return what the maps of a row are, with {count} and {how} for the viewer to fill in."""
    methods = [parse(one.method) for one in row.explanations]
    first = next((method for method in methods if "gates" in method.needs), None)
    return account(row.reading, len(methods), first, "{how}", "scaled per picture")


def columns(count: int) -> int:
    """Return how many of `count` pictures stand side by side: at most ROW, as many in every line."""
    lines = -(-count // ROW)
    return -(-count // lines)
