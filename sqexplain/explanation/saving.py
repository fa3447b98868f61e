"""Writes an explanation into a folder, all of its files or none, with a manifest of what was explained how."""

import json
import platform
import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

import sqexplain
from sqexplain.drawing import overlay
from sqexplain.explanation.maps import MethodMaps
from sqexplain.explanation.video import film, frame_table
from sqexplain.media import encode_png, npz_bytes, write_files
from sqexplain.methods import parse

MANIFEST = "manifest.json"
FORMAT = "sqexplain explanations 1"


def save(explanation: MethodMaps, folder: Path) -> list[Path]:
    """Write overlays (of a clip a video and a table of its frames), maps and manifest; return the paths."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"'{folder}' is a file; give a folder to save into")
    manifest = read_manifest(folder / MANIFEST)
    stem = file_stem(explanation)
    files = {f"{stem}.npz": maps_file(explanation)}
    if len(explanation.pictures) == 1:
        files[f"{stem}.png"] = encode_png(overlay(explanation.picture, explanation.heatmap))
    else:
        files |= {f"{stem}.mp4": film(explanation), f"{stem}.csv": frame_table(explanation)}
    manifest["explanations"][stem] = description(explanation) | {"files": list(files)}
    files[MANIFEST] = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
    return write_files({folder / name: data for name, data in files.items()})


def read_manifest(path: Path) -> dict:
    """Return the manifest at `path`, a fresh one where there is none; ValueError where it is not ours."""
    if not path.exists():
        return {"format": FORMAT, "explanations": {}}
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("explanations"), dict):
        raise ValueError(f"'{path}' was not written by sqexplain; save into another folder")
    return found


def description(explanation: MethodMaps) -> dict:
    """Return what has to be known to make the explanation again."""
    method = parse(explanation.method)
    return {
        "versions": {
            "sqexplain": sqexplain.__version__,
            "torch": torch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "sample": {
            "name": explanation.sample,
            "digest": explanation.digest,
            "shape": list(explanation.pictures.shape),
            "seen": seen(explanation.views),
            "clip": clip(explanation),
        },
        "model": {
            "name": explanation.model,
            "gates": explanation.gates_kind,
            "layer": explanation.layer,
            "card": explanation.card,
        },
        "method": {"text": explanation.method, "title": explanation.title, "settings": asdict(method)},
        "scale": explanation.scale,
        "targets": targets(explanation),
        "channels": None if explanation.channels is None else same(explanation.channels),
        "notes": list(explanation.notes),
    }


def seen(views: tuple) -> list[dict]:
    """Return the box of each picture that the net saw; where all are the same, once."""
    return [asdict(view) for view in (views[:1] if len(set(views)) == 1 else views)]


def same(values: np.ndarray) -> list[int]:
    """Return a value for each picture; where all are equal, once."""
    return values[:1].tolist() if (values == values[0]).all() else values.tolist()


def targets(explanation: MethodMaps) -> list[dict]:
    """Return the target of each picture; where all are the same, once. The sign is -1 for what speaks against."""
    names, pairs = explanation.classes, list(zip(explanation.targets.tolist(), explanation.signs.tolist(), strict=True))
    pairs = pairs[:1] if len(set(pairs)) == 1 else pairs
    return [{"index": index, "class": names[index], "sign": sign} for index, sign in pairs]


def clip(explanation: MethodMaps) -> dict | None:
    """Return frames, rate and sound of a clip, None for a picture."""
    frames = len(explanation.pictures)
    return None if frames == 1 else {"frames": frames, "fps": explanation.fps, "sound": explanation.audio is not None}


def maps_file(explanation: MethodMaps) -> bytes:
    """Return the NPZ file with heatmaps, raws, logits, targets, gates where there are some, and the other streams.

    The heatmaps of a clip are stored with 16 bits; its raw maps, from which they follow, with all they have.
    """
    arrays = {name: getattr(explanation, name) for name in ("heatmaps", "raws", "logits", "targets")}
    if len(explanation.pictures) > 1:
        arrays["heatmaps"] = explanation.heatmaps.astype(np.float16)
    if explanation.gates is not None:
        arrays["gates"] = explanation.gates
    for stream, maps in explanation.streams.items():
        parts = {name: getattr(maps, name) for name in ("heatmaps", "raws", "gates")}
        arrays |= {f"{stream}.{name}": part for name, part in parts.items() if part is not None}
    arrays |= {f"fusion.{stream}": gates for stream, gates in explanation.fusion.items()}
    return npz_bytes(arrays)


def file_stem(explanation: MethodMaps) -> str:
    """Return the name of the files without suffix; explanations that differ in anything have different ones."""
    sample = f"{explanation.slug}-{explanation.digest[:8]}"
    model = f"{explanation.model}-{explanation.gates_kind}"
    if explanation.card:
        model += f"-{explanation.card[:4]}"
    names = sorted(set(explanation.target_names))
    targets = file_word(names[0]) if len(names) == 1 else f"{len(names)}-classes"
    scale = "" if explanation.scale == "picture" else f"-{explanation.scale}"
    return f"{sample}_{file_word(model)}_{targets}_{file_word(explanation.method)}{scale}"


def file_word(text: str) -> str:
    """Return the text form of a method as a part of a file name: "se:percent=12.5" -> "se-percent-12.5"."""
    return re.sub(r"[^a-z0-9.+_]+", "-", text.lower()).strip("-.")
