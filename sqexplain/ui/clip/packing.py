"""Maps of a clip as bytes for the browser, with what it cannot find out cheaply: ranges, strips, shares on the mouth.

T frames, C channels, K percentages, h x w cells of a map, H x W pixels of a frame.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sqexplain.explanation import ForwardPass
from sqexplain.explanation.heatmaps import axis_weights
from sqexplain.gates.selection import count
from sqexplain.methods import Method
from sqexplain.ui.viewer import pack

PERCENTS = (1, 2, 3, 5, 7, 10, 13, 16, 20, 25, 30, 35, 40, 50, 60, 70, 80, 90, 100)
PAPER = 10  # the percentage of the paper, always among them
BUDGET = 1_500_000  # bytes for the maps of all methods that take a percentage
CHUNK = 64  # frames whose channels are sorted at once


def choose_percents(methods: int, frames: int, cells: int) -> list[int]:
    """Return as many of PERCENTS as fit into the budget, `PAPER` and the ends among them."""
    possible = BUDGET // max(1, methods * frames * cells)
    places = np.linspace(0, len(PERCENTS) - 1, min(len(PERCENTS), max(3, possible))).round().astype(int)
    paper = PERCENTS.index(PAPER)
    places[1 + np.abs(places[1:-1] - paper).argmin()] = paper  # the nearest makes room for it
    return sorted({PERCENTS[place] for place in places})


def ranked_maps(reading: ForwardPass, method: Method, percents: Sequence[int]) -> np.ndarray:
    """Return the mean maps (K, T, h, w) of the first channels of a method, one for each percentage."""
    frames, channels, *cells = reading.post_gate.shape
    order = reading.order(method)  # (T, C)
    counts = np.array([count(percent, channels) for percent in percents])
    found = np.empty((len(percents), frames, math.prod(cells)), np.float32)
    source = reading.post_gate if getattr(method, "scaled", True) else reading.pre_gate
    weights, level = reading.weights(method), reading.offset(method)  # (T, C) each, or None
    for first in range(0, frames, CHUNK):
        part = slice(first, first + CHUNK)
        maps = source[part].reshape(-1, channels, math.prod(cells))  # (n, C, hw)
        maps = maps if level is None else maps - level[part, :, None]
        maps = maps if weights is None else maps * weights[part, :, None]
        sums = np.take_along_axis(maps, order[part, :, None], 1).cumsum(1)  # (n, C, hw)
        found[:, part] = (sums[:, counts - 1] / counts[None, :, None]).transpose(1, 0, 2)
    return found.reshape(len(percents), frames, *cells)


def shown_raws(raws: np.ndarray, method: Method) -> np.ndarray:
    """Return finite raw maps (T, h, w), clipped where the method clips before it enlarges."""
    finite = np.nan_to_num(raws, nan=0, posinf=0, neginf=0)
    return np.maximum(finite, 0) if method.native else finite


def levels(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return maps (..., h, w) as uint8, and the lowest value and the step (...) of each: value = low + step * level."""
    low, high = maps.min((-2, -1)), maps.max((-2, -1))
    step = (high - low) / 255
    scaled = (maps - low[..., None, None]) / np.where(step > 0, step, 1)[..., None, None]
    return np.rint(scaled).astype(np.uint8), low.astype(np.float32), step.astype(np.float32)


@dataclass(frozen=True)
class Enlarger:
    """Enlarges maps (..., h, w) to H x W bilinearly, as `explanation.heatmaps.heatmaps` does for a whole picture."""

    rows: np.ndarray  # (H, h)
    columns: np.ndarray  # (W, w)

    @classmethod
    def of(cls, cells: tuple[int, int], size: tuple[int, int], interpolation: str = "bilinear") -> "Enlarger":
        """Return the enlarger from `cells` (h, w) to `size` (H, W)."""
        sides = [axis_weights(c, s, 0, s, interpolation)[0].numpy() for c, s in zip(cells, size, strict=True)]
        return cls(*(side.astype(np.float32) for side in sides))

    def __call__(self, maps: np.ndarray) -> np.ndarray:
        """Return (..., H, W), nothing below zero."""
        return np.maximum(self.rows @ maps @ self.columns.T, 0)

    def extremes(self, maps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and highest value (...) of the enlarged maps.

        Between cells the values are bilinear, so they lie at the pixels next to the middle of a cell.
        """
        near = Enlarger(corners(self.rows), corners(self.columns))(maps)
        return near.min((-2, -1)), near.max((-2, -1))

    def cell_areas(self, masks: np.ndarray) -> np.ndarray:
        """Return (..., h, w): what each cell counts in the sum of an enlarged map inside masks (..., H, W)."""
        return self.rows.T @ masks.astype(np.float32) @ self.columns


def corners(weights: np.ndarray) -> np.ndarray:
    """Return the rows of (H, h) that lie first or last between two cells; all of them where cubics overshoot."""
    if (weights < 0).any():
        return weights
    first = (weights > 0).argmax(1)  # the cell below each pixel
    new = np.diff(first, prepend=-1) != 0
    edge = np.append(new[1:], True)
    return weights[new | edge | (weights.max(1) >= 1 - 1e-6)]


def shares(maps: np.ndarray, low: np.ndarray, masks: np.ndarray, enlarger: Enlarger) -> np.ndarray:
    """Return the share (K, T) of the mass of each heatmap inside masks (T, H, W).

    The heatmap is the enlarged map minus the lowest value `low`, (K, T) of each or (K, 1) of the clip, as
    `metrics.localisation` measures it. NaN where it shows nothing.
    """
    height, width = masks.shape[1:]
    if maps.min() >= 0:  # nothing is clipped, so the sum inside a mask is linear in the cells
        inside = np.einsum("ktyx,tyx->kt", maps, enlarger.cell_areas(masks))
        whole = np.einsum("ktyx,yx->kt", maps, enlarger.cell_areas(np.ones((height, width))))
    else:
        drawn = [enlarger(one) for one in maps]  # K times (T, H, W)
        inside = np.stack([(one * masks).sum((1, 2)) for one in drawn])
        whole = np.stack([one.sum((1, 2)) for one in drawn])
    mass = whole - low * height * width
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(mass > 1e-6 * np.maximum(whole, 1e-9), (inside - low * masks.sum((1, 2))) / mass, np.nan)


def energies(maps: np.ndarray) -> np.ndarray:
    """Return the sum (K, T) of each map relative to the frame of the largest."""
    sums = np.maximum(maps, 0).sum((2, 3))  # (K, T)
    return sums / np.maximum(sums.max(1, keepdims=True), 1e-12)


def packed_maps(maps: np.ndarray, size: tuple[int, int], mouth: dict[str, np.ndarray], interpolation: str) -> dict:
    """Return maps (K, T, h, w) as the player reads them; `mouth` is name -> masks (T, H, W), {} without."""
    enlarger = Enlarger.of(maps.shape[2:], size, interpolation)
    low, high = enlarger.extremes(maps)  # (K, T)
    quantised, lowest, step = levels(maps)
    lowest_of_clip = low.min(1, keepdims=True)  # the scale on which `localise` measures, whichever is shown
    found = {name: shares(maps, lowest_of_clip, masks, enlarger) for name, masks in mouth.items()}
    strip = found.get("wide10", energies(maps) if not mouth else None)
    arrays = found | {"strip": strip, "low": lowest, "step": step, "ranges": np.stack([low.min(1), high.max(1)], 1)}
    return {name: pack(array, "<f4") for name, array in arrays.items()} | {
        "cells": list(maps.shape[2:]),
        "maps": pack(quantised, "u1"),
    }
