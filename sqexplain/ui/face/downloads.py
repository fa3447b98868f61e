"""What leaves the page "Faces": figures, maps, SE values, parts, the face itself, and the lines that reproduce it."""

import shlex
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from sqexplain.drawing import Panel, figure, overlay
from sqexplain.evaluation.face_regions import REGIONS, Row, shares, table_file
from sqexplain.explanation import Explanation, Reading
from sqexplain.media import csv_bytes, encode_png, npz_bytes
from sqexplain.methods import parse
from sqexplain.ui.downloads import FIGURES, button
from sqexplain.ui.face import parts
from sqexplain.ui.face.payload import FaceView, columns, evidence
from sqexplain.ui.viewer_data import answer, kind, method_text, plain


@dataclass(frozen=True, eq=False)
class Found:
    """All that a file may hold, at the settings of the viewer: files are made outside of the run, without its caches.

    Attributes:
        rows: for each attribute the reading and the explanation by every method.
        changes: for each attribute what blurring each part does.
    """

    view: FaceView
    settings: dict
    rows: list[tuple[Reading, list[Explanation]]]
    changes: list[parts.Change]

    @classmethod
    def of(cls, view: FaceView, settings: dict) -> "Found":
        """Return what is known of a view."""
        rows = [(row.reading, row.explanations(settings)) for row in view.rows]
        return cls(view, dict(settings), rows, parts.changes(view))


def downloads(view: FaceView, settings: dict) -> None:
    """Draw a button for every file; a file is made when its button is pressed, and the page does not run again."""
    found = Found.of(view, settings)
    stem = f"{view.sample.slug}_{view.model}"
    row = st.container(horizontal=True)
    for name, (suffix, mime) in FIGURES.items():
        make = partial(figure_file, found, suffix)
        button(row, f"Figure ({name})", make, f"{stem}.{suffix}", mime, "The pictures as you see them, with a caption.")
    make = partial(maps_file, found)
    told = "Heatmaps of every attribute at the picture's own resolution and raw values, for numpy."
    button(row, "Maps (NPZ)", make, f"{stem}.npz", "application/octet-stream", told)
    told = "Each channel for each attribute: SE value, rank, whether it is in the map, what it adds to the logit."
    make = partial(values_file, found)
    button(row, "SE values (CSV)", make, f"{stem}_channels.csv", "text/csv", told)
    told = "Each attribute, method and part: share of the map, area, change of the logit when the part is blurred."
    make = partial(regions_file, found)
    button(row, "Regions (CSV)", make, f"{stem}_regions.csv", "text/csv", told)
    told = "The aligned face without loss, for the command line below."
    button(row, "Picture (PNG)", partial(encode_png, view.sample.picture), f"{view.sample.slug}.png", "image/png", told)


def figure_file(found: Found, suffix: str) -> bytes:
    """Return the figure of the view: a row for each attribute, the face first, in the colours of the viewer."""
    settings, picture = found.settings, found.view.sample.picture
    looks = {
        "opacity": 1.0 if settings["base"] == "none" else settings["opacity"] / 100,
        "colormap": settings["map"],
        "grey": settings["base"] != "colour",
        "threshold": settings["cut"] / 100,
    }
    panels = []
    for reading, explanations in found.rows:
        panels.append(Panel(answer(reading), picture, "the face"))
        if found.view.sample.evidence is not None:
            mask = evidence(found.view, reading)
            mask = np.zeros(picture.shape[:2]) if mask is None else mask
            panels.append(Panel("Evidence", overlay(picture, mask.astype(np.float32), **looks)))
        for one in explanations:
            panels.append(Panel(one.title, overlay(picture, one.heatmap, **looks), _note(one, reading)))
    wide = columns(len(panels) // len(found.rows))
    return figure(panels, caption(found), colormap=settings["map"], format=suffix, columns=wide)


def _note(one: Explanation, reading: Reading) -> str:
    total = reading.features.shape[1]
    count = "" if one.channels is None else f", {one.channels[0]} of {total} channels"
    return kind(parse(one.method), reading) + count


def caption(found: Found) -> str:
    """Return the sentence under a figure: answers, model, layer, percentage, data."""
    view, readings = found.view, [reading for reading, _ in found.rows]
    methods = ", ".join(one.method for one in found.rows[0][1])
    channels, height, width = readings[0].features.shape[1:]
    return (
        f"{view.sample.name}: {', '.join(map(answer, readings))}. Model {view.model}, gates {view.gates!r}, layer "
        f"{readings[0].layer} ({channels}×{height}×{width}). Top {found.settings['percent']} % of the channels where a "
        f"method takes a percentage. Methods: {methods}. sqexplain."
    )


def maps_file(found: Found) -> bytes:
    """Return an NPZ of heatmaps and raw values of every attribute and method, and of the gates."""
    arrays = {"picture": found.view.sample.picture}
    for reading, explanations in found.rows:
        name = _word(reading.asked[0])
        if reading.gates is not None:
            arrays[f"{name}.gates"] = reading.gates[0]
        for one in explanations:
            arrays |= {f"{name}.{_word(one.method)}.heatmap": one.heatmap, f"{name}.{_word(one.method)}.raw": one.raw}
    return npz_bytes(arrays)


def _word(text: str) -> str:
    for sign in ": =,":
        text = text.replace(sign, "-")
    return text


def values_file(found: Found) -> bytes:
    """Return a table of the channels for each attribute, the first of its order first."""
    gated = found.rows[0][0].gates is not None
    scored = "se_value" if gated else "mean_activation"
    rows = [["attribute", "rank", "channel", scored, "in_map", "adds_to_logit"]]
    name = "se" if gated else "pooled"
    for reading, _ in found.rows:
        (one,) = reading.explain([method_text(name, found.settings)])
        scores = reading.gates[0] if gated else reading.features[0].mean((1, 2))
        for rank, channel in enumerate(reading.order(name)[0], 1):
            inside = int(rank <= one.channels[0])
            adds = reading.contributions[0, channel]
            rows.append([reading.asked[0], rank, channel, scores[channel], inside, adds])
    return csv_bytes(rows)


def regions_file(found: Found) -> bytes:
    """Return the table of the parts of this face; one face has no interval."""
    changes = {one.asked: one for one in found.changes}
    areas, none = parts.area(found.view), float("nan")
    rows = []
    for one in (one for _, explanations in found.rows for one in explanations):
        asked, name = one.asked[0], found.view.sample.name
        known = zip(REGIONS, shares(one.heatmap), areas, changes[asked].logits, strict=True)
        rows += [
            Row(asked, one.method, name, region, float(share), none, float(area), float(change), none, 1)
            for region, share, area, change in known
        ]
    return table_file(rows)


def reproduction(view: FaceView, settings: dict) -> None:
    """Show the Python and the command line that make the same maps."""
    methods = tuple(method_text(name, settings) for name in view.methods)
    file, source = f"{view.sample.slug}.png", view.picked.source
    opened = f"sx.open_dataset({source[0]!r})[{source[1]}]" if source else f"sx.from_file({file!r})  # “Picture (PNG)”"
    st.code(
        f"import sqexplain as sx\n\nclassifier = sx.load_model({view.model!r}, gates={view.gates!r})\n"
        f"sample = {opened}\nmethods, targets = {methods!r}, {list(view.asked)!r}\n"
        f"for explanation in sx.explain(classifier, sample, methods, target=targets):\n"
        f'    explanation.save("out")',
        "python",
    )
    words = ["python", "-m", "sqexplain", "explain", file, "--model", view.model, "--gates", view.gates]
    words += [word for method in methods for word in ("--method", method)]
    st.code(shlex.join([*words, "--target", ",".join(view.asked), "--out", "out"]), "bash", wrap_lines=True)
    if not source:
        st.caption(
            "The command takes your own photograph too, finds the face and aligns it; what you moved by hand is in "
            "“Picture (PNG)” alone. The address bar carries all choices but your photograph."
        )


def names(found: list[Explanation], several: bool) -> list[str]:
    """Return a name for each map, for the chart of their agreement."""
    return [f"{plain(one.asked[0])} · {one.title}" if several else one.title for one in found]
