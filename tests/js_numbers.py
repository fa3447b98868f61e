"""The numbers of the library that the scripts of the app must reproduce, see js/checks.js."""

from collections.abc import Iterator

import numpy as np
import torch

from sqexplain.drawing import COLORMAPS, overlay, paint, table
from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.gates.selection import Z, count, gaussian_rule, ranking
from sqexplain.methods import percent_maps
from sqexplain.sample.cropping import CropBox
from sqexplain.ui.clip.packing import packed_maps
from sqexplain.ui.viewer import pack

WIDEST = 2048  # channels
BINS = 32


def numbers() -> dict:
    """Return everything, as JSON can hold it."""
    source = np.random.default_rng(0)
    return {
        "counts": {"channels": WIDEST, "expected": counts()},
        "rankings": list(rankings(source)),
        "rule": {"z": Z, "vectors": list(gate_vectors(source))},
        "means": list(means(source)),
        "weighted": weighted(source),
        "heatmaps": list(single_maps(source)),
        "clips": list(clips(source)),
        "colours": list(colours(source)),
        "overlays": list(overlays(source)),
        "histograms": list(histograms(source)),
    }


def counts() -> list[int]:
    """Return k of every width and every whole per cent, width after width."""
    return [count(percent, channels) for channels in range(1, WIDEST + 1) for percent in range(1, 101)]


def rankings(source) -> Iterator[dict]:
    for channels in (1, 8, 300):
        scores = source.integers(0, 20, channels).astype(np.float32) / 20  # many are equal
        yield {"scores": scores.tolist(), "expected": ranking(torch.tensor(scores)[None])[0].tolist()}


def gate_vectors(source) -> Iterator[dict]:
    for gates in (source.random(64), source.beta(8, 2, 256), np.full(16, 0.5), source.random(2048) ** 4):
        row = gates.astype(np.float32)
        wide = row.astype(np.float64)
        taken = int(gaussian_rule(torch.tensor(wide)[None], Z).sum())
        yield {"scores": row.tolist(), "threshold": float(wide.mean() + Z * wide.std()), "count": taken}


def means(source) -> Iterator[dict]:
    for channels in (1, 7, 130):
        features = source.normal(size=(channels, 3, 4)).astype(np.float32)
        scores = torch.tensor(source.random(channels).astype(np.float32))[None]
        expected = percent_maps(torch.tensor(features)[None], scores)[0]
        yield {"features": flat(features), "order": ranking(scores)[0].tolist(), "expected": flat(expected)}


def weighted(source) -> dict:
    """Return the mean of 30 % of 20 channels, each beyond an offset and times a weight."""
    features = source.normal(size=(20, 12)).astype(np.float32)
    weights, offset = (source.normal(size=20).astype(np.float32) for _ in range(2))
    order = source.permutation(20)
    chosen = order[: count(30, 20)]
    expected = ((features[chosen] - offset[chosen, None]) * weights[chosen, None]).mean(0)
    found = {"features": features, "weights": weights, "offset": offset, "order": order, "chosen": chosen}
    return {name: flat(array) for name, array in found.items()} | {"expected": flat(expected)}


def single_maps(source) -> Iterator[dict]:
    views = (CropBox(0, 0, 45, 70), CropBox(3, 12.5, 41, 41), CropBox(-2.25, 10, 50, 50))
    for view in views:
        for interpolation in ("bilinear", "bicubic"):
            for raw in (source.normal(0.2, 1, (5, 8)), source.random((3, 1)), np.zeros((14, 14))):
                drawn = heatmaps(torch.tensor(raw).float()[None], 45, 70, view, False, interpolation)[0]
                yield {
                    "raw": flat(raw),
                    "cells": raw.shape,
                    "size": (45, 70),
                    "view": (view.top, view.left, view.height, view.width),
                    "interpolation": interpolation,
                    "expected": flat(drawn),
                }


def clips(source) -> Iterator[dict]:
    raws = source.random((1, 6, 14, 14)).astype(np.float32)
    for interpolation in ("bilinear", "bicubic"):
        looks = {"ranked": False, "interpolation": interpolation, "sheet": None}
        data = packed_maps(raws, (224, 224), {}, interpolation) | looks
        for together in (True, False):
            drawn = heatmaps(torch.tensor(raws[0]), 224, 224, None, False, interpolation, together)[4]
            yield {"data": data, "frames": 6, "frame": 4, "together": together, "expected": flat(drawn)}


def colours(source) -> Iterator[dict]:
    values = np.concatenate([[0, 1], source.random(500)]).astype(np.float32)
    for name in COLORMAPS:
        yield {"values": flat(values), "lut": pack(table(name), "u1"), "expected": flat(paint(values[None], name))}


def overlays(source) -> Iterator[dict]:
    picture = source.integers(0, 256, (9, 11, 3), np.uint8)
    heat = source.random((9, 11)).astype(np.float32)
    rgba = np.dstack([picture, np.full((9, 11), 255, np.uint8)])
    for opacity, cut, grey in ((0.6, 0.0, True), (0.5, 0.3, False), (1.0, 0.5, True), (0.0, 0.0, False)):
        yield {
            "picture": flat(rgba),
            "size": (9, 11),
            "values": flat(heat),
            "lut": pack(table("cividis"), "u1"),
            "opacity": opacity,
            "cut": cut,
            "base": "grey" if grey else "colour",
            "expected": flat(overlay(picture, heat, opacity, "cividis", grey, cut)),
        }


def histograms(source) -> Iterator[dict]:
    for top in (1.0, 6.3):
        scores = (source.random(700) * top).astype(np.float32)
        yield {"scores": flat(scores), "top": top, "expected": flat(np.histogram(scores, BINS, (0, top))[0])}


def flat(array) -> list:
    """Return all entries one after the other."""
    return np.asarray(array).ravel().tolist()
