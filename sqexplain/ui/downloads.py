"""What leaves the page: figures, maps, SE values, the picture itself, and the lines that reproduce the view."""

import shlex
from collections.abc import Callable
from functools import partial

import streamlit as st

from sqexplain.drawing import Panel, figure, overlay
from sqexplain.explanation import Explanation, Reading
from sqexplain.media import csv_bytes, encode_png, npz_bytes
from sqexplain.methods import parse
from sqexplain.ui.viewer_data import View, answer, kind, method_text

FIGURES = {"PNG": ("png", "image/png"), "SVG": ("svg", "image/svg+xml"), "PDF": ("pdf", "application/pdf")}


def downloads(view: View, settings: dict) -> None:
    """Draw a button for every file; a file is made when its button is pressed, and the page does not run again."""
    stem = f"{view.sample.slug}_{view.model}"
    row = st.container(horizontal=True)
    for name, (suffix, mime) in FIGURES.items():
        make = partial(figure_file, view, settings, suffix)
        told = "The pictures as you see them, with a caption."
        button(row, f"Figure ({name})", make, f"{stem}.{suffix}", mime, told)
    make = partial(maps_file, view, settings)
    told = "Heatmaps at the picture's own resolution and raw values, for numpy."
    button(row, "Maps (NPZ)", make, f"{stem}.npz", "application/octet-stream", told)
    told = "Each channel: SE value, rank, whether it is in the map, what it adds to the logit."
    button(row, "SE values (CSV)", partial(values_file, view, settings), f"{stem}_channels.csv", "text/csv", told)
    told = "The picture without loss, for the command line below."
    make = partial(encode_png, view.sample.frames[0])
    button(row, "Picture (PNG)", make, f"{view.sample.slug}.png", "image/png", told)


def button(row, label: str, make: Callable[[], bytes], name: str, mime: str, told: str) -> None:
    """Draw the button of a file, which `make` makes once it is pressed."""
    row.download_button(
        label, make, name, mime, key=f"get_{name}", help=told, on_click="ignore", icon=":material/download:"
    )


def figure_file(view: View, settings: dict, suffix: str) -> bytes:
    """Return the figure of the view: the picture and the overlays in the colours of the viewer."""
    looks = {
        "opacity": 1.0 if settings["base"] == "none" else settings["opacity"] / 100,
        "colormap": settings["map"],
        "grey": settings["base"] != "colour",
        "threshold": settings["cut"] / 100,
    }
    panels = [Panel("Picture", view.sample.frames[0])]
    for one in view.explanations(settings):
        panels.append(Panel(one.title, overlay(one.picture, one.heatmap, **looks), _note(one, view.reading)))
    columns = 4 if len(panels) % 3 else 3
    return figure(panels, caption(view, settings), colormap=settings["map"], format=suffix, columns=columns)


def _note(explanation: Explanation, reading: Reading) -> str:
    count = (
        "" if explanation.channels is None else f", {explanation.channels[0]} of {reading.features.shape[1]} channels"
    )
    return kind(parse(explanation.method), reading) + count


def caption(view: View, settings: dict) -> str:
    """Return the sentence under a figure: answer, model, layer, percentage, data."""
    reading = view.reading
    channels, height, width = reading.features.shape[1:]
    return (
        f"{view.sample.name}: {answer(reading)}. Model {view.model}, gates {view.gates!r}, layer {reading.layer} "
        f"({channels}×{height}×{width}). Top {settings['percent']} % of the channels where a method takes a percentage."
        f" Methods: {', '.join(method_text(name, settings) for name in view.methods)}. sqexplain."
    )


def maps_file(view: View, settings: dict) -> bytes:
    """Return an NPZ of heatmaps, raw values and gates of every method."""
    arrays = {"picture": view.sample.frames[0]}
    for one in view.explanations(settings):
        word = one.method.replace(":", "-").replace("=", "-").replace(",", "-")
        arrays |= {f"{word}.heatmap": one.heatmap, f"{word}.raw": one.raw}
    if view.reading.gates is not None:
        arrays["gates"] = view.reading.gates[0]
    return npz_bytes(arrays)


def values_file(view: View, settings: dict) -> bytes:
    """Return a table of the channels, the first of the order first."""
    reading, gated = view.reading, view.reading.gates is not None
    name = "se" if gated else "pooled"
    (one,) = reading.explain([method_text(name, settings)])
    scores = reading.gates[0] if gated else reading.features[0].mean((1, 2))
    rows = [["rank", "channel", "se_value" if gated else "mean_activation", "in_map", "adds_to_logit"]]
    for rank, channel in enumerate(reading.order(name)[0], 1):
        adds = reading.contributions[0, channel]
        rows.append([rank, channel, scores[channel], int(rank <= one.channels[0]), adds])
    return csv_bytes(rows)


def reproduction(view: View, settings: dict, source: tuple[str, int] | None) -> None:
    """Show the Python and the command line that make the same maps; `source` is data set and number, None an upload."""
    methods = tuple(method_text(name, settings) for name in view.methods)
    file = f"{view.sample.slug}.png"
    opened = f"sx.open_dataset({source[0]!r})[{source[1]}]" if source else f"sx.from_file({file!r})  # your picture"
    target = f", target={view.target!r}" if view.target else ""
    st.code(
        f"import sqexplain as sx\n\nclassifier = sx.load_model({view.model!r}, gates={view.gates!r})\n"
        f"sample = {opened}\nmethods = {methods!r}\n"
        f"for explanation in sx.explain(classifier, sample, methods{target}):\n"
        f'    explanation.save("out")',
        "python",
    )
    words = ["python", "-m", "sqexplain", "explain", file, "--model", view.model, "--gates", view.gates]
    words += [word for method in methods for word in ("--method", method)]
    words += ["--target", view.target] if view.target else []
    st.code(shlex.join([*words, "--out", "out"]), "bash", wrap_lines=True)
