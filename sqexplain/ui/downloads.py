"""What leaves a page: a row of buttons, and the files that pages share: figure, maps, channels.

A file is made once its button is pressed, outside of the run of the page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any

import numpy as np
import streamlit as st

from sqexplain.drawing import Panel, figure, overlay
from sqexplain.explanation import Explanation, ForwardPass
from sqexplain.media import csv_bytes, encode_png, npz_bytes
from sqexplain.methods import parse
from sqexplain.ui.page_model import Row, View, method_text
from sqexplain.ui.view_settings import overlay_looks
from sqexplain.ui.viewer_data import channel_scores, columns
from sqexplain.ui.words import answer, kind

TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "npz": "application/octet-stream",
    "csv": "text/csv",
    "mp4": "video/mp4",
}
FIGURES = ("png", "svg", "pdf")


@dataclass(frozen=True)
class Download:
    """One file: the label of its button, its name, what makes it, and what it holds in one sentence."""

    label: str
    name: str
    make: Callable[[], bytes]
    help: str | None = None


def buttons(files: Iterable[Download]) -> None:
    """Draw a row with a button for every file; the page does not run again when one is pressed."""
    row = st.container(horizontal=True, gap="small")
    for one in files:
        mime = TYPES[PurePath(one.name).suffix.removeprefix(".")]
        looks: dict[str, Any] = {
            "key": f"get_{one.label}",
            "help": one.help,
            "on_click": "ignore",
            "icon": ":material/download:",
        }
        row.download_button(one.label, one.make, one.name, mime, **looks)


def picture_files(view: View, rows: Sequence[Row], settings: Mapping) -> list[Download]:
    """Return the files of a picture with its maps."""
    stem, each = view.stem, " and attribute" if view.named else ""
    text = "The pictures as shown, with a caption."
    drawn = [
        Download(f"Figure ({one.upper()})", f"{stem}.{one}", partial(figure_file, view, rows, settings, one), text)
        for one in FIGURES
    ]
    maps = partial(maps_file, rows, view.named, picture=view.sample.picture)
    text = f"Heatmaps at the resolution of the picture and raw values, for each method{each}, as NumPy arrays."
    drawn.append(Download("Maps (NPZ)", f"{stem}.npz", maps, text))
    channels = partial(channels_file, rows, view.named, settings)
    text = f"For each channel{each}: SE value, rank, whether it is in the map, what it adds to the logit."
    drawn.append(Download("SE values (CSV)", f"{stem}_channels.csv", channels, text))
    text = f"The {'aligned face' if view.named else 'picture'} without loss, for the command line below."
    return [*drawn, Download("Picture (PNG)", view.file, partial(encode_png, view.sample.picture), text)]


def figure_file(view: View, rows: Sequence[Row], settings: Mapping, suffix: str) -> bytes:
    """Return the figure of a view: for each row the picture, its evidence and its maps, in the colours of the page."""
    picture, looks, panels = view.sample.picture, overlay_looks(settings), []
    masks = [view.evidence(row.reading) for row in rows]
    known = any(mask is not None for mask in masks)
    for row, mask in zip(rows, masks, strict=True):
        panels.append(Panel(answer(row.reading), picture, "the face") if view.named else Panel("Picture", picture))
        if known:
            mask = np.zeros(picture.shape[:2]) if mask is None else mask
            panels.append(Panel("Evidence", overlay(picture, mask.astype(np.float32), **looks)))
        for one in row.explanations:
            panels.append(Panel(one.title, overlay(picture, one.heatmap, **looks), _note(one, row.reading)))
    wide = columns(len(panels) // len(rows))
    return figure(panels, caption(view, rows, settings), colormap=settings["map"], format=suffix, columns=wide)


def _note(one: Explanation, reading: ForwardPass) -> str:
    """Return what kind of map it is and of how many channels."""
    count = "" if one.channels is None else f", {one.channels[0]} of {reading.post_gate.shape[1]} channels"
    return kind(parse(one.method), reading) + count


def caption(view: View, rows: Sequence[Row], settings: Mapping) -> str:
    """Return the sentence under a figure: answers, model, layer, percentage, methods."""
    reading = rows[0].reading
    channels, height, width = reading.post_gate.shape[1:]
    return (
        f"{view.sample.name}: {', '.join(answer(row.reading) for row in rows)}. Model {view.model}, gates "
        f"{view.gates!r}, layer {reading.layer} ({channels}×{height}×{width}). Top {settings['percent']} % of the "
        f"channels where a method takes a percentage. Methods: {', '.join(view.texts(settings))}. sqexplain."
    )


def maps_file(rows: Sequence[Row], named: bool = False, **arrays: np.ndarray) -> bytes:
    """Return an NPZ of heatmaps and raw values of every method, and of the gates.

    Args:
        rows: a picture or a clip for each target.
        named: whether the names of arrays begin with the target.
        arrays: what else belongs into the file.
    """
    for row in rows:
        start = f"{_word(row.reading.target_names[0])}." if named else ""
        if (gates := row.reading.gates) is not None:
            arrays[f"{start}gates"] = gates if len(gates) > 1 else gates[0]
        for one in row.explanations:
            arrays |= {f"{start}{_word(one.method)}.{name}": maps for name, maps in _maps(one).items()}
    return npz_bytes(arrays)


def _maps(one: Explanation) -> dict[str, np.ndarray]:
    """Return heatmap and raw map of a picture, of a clip those of all frames and of its sound."""
    if len(one.pictures) == 1:
        return {"heatmap": one.heatmap, "raw": one.raw}
    sound = {name: maps.heatmaps for name, maps in one.streams.items() if name == "audio"}
    return {"heatmaps": one.heatmaps.astype(np.float16), "raws": one.raws} | sound


def _word(text: str) -> str:
    """Return a method or a target as part of a name."""
    return text.translate(str.maketrans(": =,", "----"))


def channels_file(rows: Sequence[Row], named: bool, settings: Mapping) -> bytes:
    """Return a table of the channels for each target, the first of its order first."""
    gated = rows[0].reading.gates is not None
    header = ["rank", "channel", "se_value" if gated else "mean_activation", "in_map", "adds_to_logit"]
    return csv_bytes([["attribute", *header] if named else header, *_channels(rows, named, settings)])


def _channels(rows: Sequence[Row], named: bool, settings: Mapping) -> Iterable[list]:
    for row in rows:
        reading = row.reading
        name = "pooled" if reading.gates is None else "se"
        (one,) = reading.explain([method_text(name, settings)])
        scores = channel_scores(reading)
        for rank, channel in enumerate(reading.order(name)[0], 1):
            adds = reading.attribution[0, channel]
            cells = [rank, channel, scores[channel], int(rank <= one.channels[0]), adds]
            yield [reading.target_names[0], *cells] if named else cells
