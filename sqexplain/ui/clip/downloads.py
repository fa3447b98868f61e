"""What leaves the page "Clips": a video of the overlays, tables and arrays, and the lines that reproduce the view."""

import shlex
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import streamlit as st

from sqexplain.drawing import overlay
from sqexplain.explanation import Explanation
from sqexplain.media import csv_bytes, npz_bytes, write_video
from sqexplain.models import MODELS
from sqexplain.ui.clip import ablations
from sqexplain.ui.clip.payload import ClipView, chances
from sqexplain.ui.viewer_data import method_text

ENLARGED = 2  # how many times the size of a face a panel of the video is
GAP = 4  # white pixels between two panels
WORDS = {"clip": "one scale for the whole clip", "frame": "every frame on its own scale"}


def downloads(view: ClipView, settings: dict) -> None:
    """Draw a button for every file; a file is made when its button is pressed, and the page does not run again."""
    stem = f"{view.sample.slug}_{view.model}"
    row = st.container(horizontal=True)
    methods = "-".join(view.methods)
    told = "The face and the overlays side by side, with the sound: H.264 and AAC, plays everywhere."
    _button(row, "Video (MP4)", partial(video_file, view, settings), f"{stem}_{methods}.mp4", "video/mp4", told)
    told = "One row per frame: time, probability, truth, mass of each map, probability after each ablation."
    _button(row, "Frames (CSV)", partial(table_file, view, settings), f"{stem}_frames.csv", "text/csv", told)
    told = "Heatmaps of every frame and of the sound, raw values, gates, logits, for numpy."
    make = partial(arrays_file, view, settings)
    _button(row, "Maps (NPZ)", make, f"{stem}.npz", "application/octet-stream", told)
    told = "The clip itself as the net was given it, for the command line below."
    _button(row, "Clip (MP4)", partial(clip_file, view), f"{view.sample.slug}.mp4", "video/mp4", told)


def _button(row, label: str, make: Callable[[], bytes], name: str, mime: str, told: str) -> None:
    row.download_button(
        label, make, name, mime, key=f"get_{label}", help=told, on_click="ignore", icon=":material/download:"
    )


def explanations(view: ClipView, settings: dict) -> list[Explanation]:
    """Return the explanation of every method at the settings of the player."""
    texts = [method_text(name, {"percent": settings["percent"], "rule": "topk"}) for name in view.methods]
    return view.reading.explain(texts, "clip" if settings["scale"] == "clip" else "picture")


def video_file(view: ClipView, settings: dict) -> bytes:
    """Return an MP4 of the face and every overlay side by side, with the sound."""
    return write_video(None, overlays(view, settings), view.sample.fps, view.sample.audio)


def overlays(view: ClipView, settings: dict) -> Iterator[np.ndarray]:
    """Yield the face and every overlay side by side, (H, W', 3) uint8, in the colours of the player."""
    found = explanations(view, settings)
    looks = {
        "opacity": 1.0 if settings["base"] == "none" else settings["opacity"] / 100,
        "colormap": settings["map"],
        "grey": settings["base"] != "colour",
    }
    for number, face in enumerate(view.sample.frames):
        panels = [face, *(overlay(face, one.heatmaps[number], **looks) for one in found)]
        gap = np.full((face.shape[0], GAP // ENLARGED, 3), 255, np.uint8)
        line = np.concatenate([part for panel in panels for part in (panel, gap)][:-1], axis=1)
        yield line.repeat(ENLARGED, 0).repeat(ENLARGED, 1)


def clip_file(view: ClipView) -> bytes:
    """Return the clip as an MP4."""
    return write_video(None, view.sample.frames, view.sample.fps, view.sample.audio)


def table_file(view: ClipView, settings: dict) -> bytes:
    """Return a CSV with a row for every frame."""
    sample, reading = view.sample, view.reading
    found = explanations(view, settings)
    regions = {} if sample.regions is None else sample.regions
    columns = {
        "frame": np.arange(len(sample.frames)),
        "seconds": np.arange(len(sample.frames)) / sample.fps,
        f"p_{reading.classes[int(reading.targets[0])]}": chances(reading),
    }
    if sample.labels is not None:
        columns["truth"] = sample.labels
    if reading.gates is not None:
        columns["mean_gate"] = reading.gates.mean(1)
    for one in found:
        mass = one.heatmaps.sum((1, 2))
        columns[f"{one.method}.mass"] = mass
        for name, masks in regions.items():
            inside = (one.heatmaps * masks).sum((1, 2))
            columns[f"{one.method}.share_{name}"] = np.divide(inside, mass, np.full(len(mass), np.nan), where=mass > 0)
    for name, scores in ablations.scores_after(view).items():
        columns[f"p_after_{name}"] = scores
    return csv_bytes([[name.replace(" ", "_") for name in columns], *zip(*columns.values(), strict=True)])


def arrays_file(view: ClipView, settings: dict) -> bytes:
    """Return an NPZ of heatmaps and raw values of every method, gates and logits."""
    reading = view.reading
    arrays = {"logits": reading.logits}
    for one in explanations(view, settings):
        word = one.method.replace(":", "-").replace("=", "-").replace(",", "-")
        arrays |= {f"{word}.heatmaps": one.heatmaps.astype(np.float16), f"{word}.raws": one.raws}
        arrays |= {f"{word}.{name}": maps.heatmaps for name, maps in one.streams.items() if name == "audio"}
    if reading.gates is not None:
        arrays["gates"] = reading.gates
    arrays |= {f"fusion.{name}": values for name, values in reading.fusion.items()}
    return npz_bytes(arrays)


def reproduction(view: ClipView, settings: dict, source: tuple[str, int] | None) -> None:
    """Show the Python and the command line that make the same maps; `source` is data set and number, None an upload."""
    methods = tuple(method_text(name, {"percent": settings["percent"], "rule": "topk"}) for name in view.methods)
    scale = "clip" if settings["scale"] == "clip" else "picture"
    file = f"{view.sample.slug}.mp4"
    if source:
        split = "demo" if source[0] == "talkers" else "val"
        opened = f"sample = sx.open_dataset({source[0]!r}, {split!r})[{source[1]}]"
    else:
        person, crop = view.cast.person, MODELS[view.model].crop
        opened = (
            "from sqexplain.faces import find_people\n\n"
            f"*_, footage = find_people({file!r})  # your video\nsample = footage.people[{person}].framed({crop!r})"
        )
    st.code(
        f"import sqexplain as sx\n\nclassifier = sx.load_model({view.model!r}, gates={view.gates!r})\n{opened}\n"
        f"methods = {methods!r}\nfor explanation in sx.explain(classifier, sample, methods, scale={scale!r}):\n"
        f'    explanation.save("out")',
        "python",
    )
    words = ["python", "-m", "sqexplain", "explain", file, "--model", view.model, "--gates", view.gates]
    words += [word for method in methods for word in ("--method", method)]
    st.code(shlex.join([*words, "--scale", scale, "--out", "out"]), "bash", wrap_lines=True)
    st.caption(f"Link: the address bar carries all choices but your own video; maps here: {WORDS[settings['scale']]}.")
