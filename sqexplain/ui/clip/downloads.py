"""What leaves the page "Clips": a video of the overlays, a table of the frames, maps, the clip itself."""

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from sqexplain.drawing import overlay
from sqexplain.media import csv_bytes, write_video
from sqexplain.ui.clip import ablations
from sqexplain.ui.clip.payload import ClipView
from sqexplain.ui.downloads import Download, maps_file
from sqexplain.ui.view_settings import overlay_looks

ENLARGED = 2  # how many times the size of a face a panel of the video is
GAP = 4  # white pixels between two panels


def files(view: ClipView, settings: Mapping) -> list[Download]:
    """Return the files of a clip; its maps at these settings are made when a button is pressed."""
    video, frames, maps = (partial(make, view, settings) for make in (video_file, frames_file, arrays_file))
    clip = partial(write_video, None, view.sample.frames, view.sample.fps, view.sample.audio)
    name = f"{view.stem}_{'-'.join(view.methods)}.mp4"
    text = "For each frame: time, probability, label, mass of each map, probability after each ablation."
    return [
        Download("Video (MP4)", name, video, "The face and the overlays side by side, with the sound."),
        Download("Frames (CSV)", f"{view.stem}_frames.csv", frames, text),
        Download("Maps (NPZ)", f"{view.stem}.npz", maps, "Heatmaps and raw values, gates and logits, as NumPy arrays."),
        Download("Clip (MP4)", view.file, clip, "The clip as the model got it, for the command line below."),
    ]


def video_file(view: ClipView, settings: Mapping) -> bytes:
    """Return an MP4 of the face and every overlay side by side, with the sound."""
    return write_video(None, overlays(view, settings), view.sample.fps, view.sample.audio)


def overlays(view: ClipView, settings: Mapping) -> Iterator[np.ndarray]:
    """Yield the face and every overlay side by side, (H, W', 3) uint8, in the colours of the player."""
    found, looks = view.explanations(None, settings), overlay_looks(settings)
    for number, face in enumerate(view.sample.frames):
        panels = [face, *(overlay(face, one.heatmaps[number], **looks) for one in found)]
        gap = np.full((face.shape[0], GAP // ENLARGED, 3), 255, np.uint8)
        line = np.concatenate([part for panel in panels for part in (panel, gap)][:-1], axis=1)
        yield line.repeat(ENLARGED, 0).repeat(ENLARGED, 1)


def arrays_file(view: ClipView, settings: Mapping) -> bytes:
    """Return an NPZ of heatmaps and raw values of every method, gates and logits."""
    reading = view.reading()
    fusion = {f"fusion.{name}": values for name, values in reading.fusion.items()}
    return maps_file(view.rows(settings), logits=reading.logits, **fusion)


def frames_file(view: ClipView, settings: Mapping) -> bytes:
    """Return a CSV with a row for every frame."""
    sample, reading = view.sample, view.reading()
    columns = {
        "frame": np.arange(len(sample.frames)),
        "seconds": np.arange(len(sample.frames)) / sample.fps,
        f"p_{reading.classes[int(reading.targets[0])]}": view.probabilities,
    }
    if sample.labels is not None:
        columns["truth"] = sample.labels
    if reading.gates is not None:
        columns["mean_gate"] = reading.gates.mean(1)
    for one in view.explanations(None, settings):
        mass = one.heatmaps.sum((1, 2))
        columns[f"{one.method}.mass"] = mass
        for name, masks in (sample.regions or {}).items():
            inside = (one.heatmaps * masks).sum((1, 2))
            columns[f"{one.method}.share_{name}"] = np.divide(inside, mass, np.full(len(mass), np.nan), where=mass > 0)
    columns |= {f"p_after_{name}": values for name, values in ablations.scores_after(view).items()}
    return csv_bytes([[name.replace(" ", "_") for name in columns], *zip(*columns.values(), strict=True)])
