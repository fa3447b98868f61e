"""Curves over the percentage of the channels, a panel for each net."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sqexplain.drawing.figures import LINE, MARGIN, Sheet
from sqexplain.drawing.plotting import GATES, INK, PALE, axes, sheet

COLUMNS, WIDTH, HEIGHT, GAP = 3, 1.95, 1.25, 0.28  # panels in a row; inches
STYLES = {"": (1.4, 1.0, None), " pooled": (0.8, 0.9, PALE), " random": (0.6, 0.6, PALE)}  # width, opacity, colour


@dataclass(frozen=True)
class Curves:
    """One panel: title "net, gates (measure)", percentages (n,), curves by name, the rule's (per cent, keep, drop)."""

    title: str
    percents: np.ndarray
    lines: Mapping[str, np.ndarray]
    rule: tuple[float, float, float]


def draw_curves(panels: Sequence[Curves], marks: Sequence[float], paper: float, caption: str, format: str) -> bytes:
    """Return the file of the curves: "keep" solid, "drop" dashed, controls grey; the axis is logarithmic.

    Args:
        panels: in reading order.
        marks: percentages that the axis names.
        paper: the percentage that is marked.
        caption: the sentences under it all.
        format: a key of `FORMATS`.
    """
    rows = math.ceil(len(panels) / COLUMNS)
    row = LINE + HEIGHT + 1.6 * LINE + GAP
    width = 2 * MARGIN + COLUMNS * (WIDTH + GAP) - GAP

    def draw(page: Sheet) -> None:
        for number, panel in enumerate(panels):
            left, top = MARGIN + number % COLUMNS * (WIDTH + GAP), MARGIN + number // COLUMNS * row
            page.text(left, top, panel.title)
            _panel(axes(page, left + 0.25, top + LINE + 0.05, WIDTH - 0.25, HEIGHT), panel, marks, paper)

    return sheet(width, MARGIN + rows * row, caption, format, draw)


def _panel(plot, panel: Curves, marks: Sequence[float], paper: float) -> None:
    own = next((colour for gates, colour in GATES.items() if f", {gates} " in panel.title), INK)
    for name, values in panel.lines.items():
        wide, opacity, colour = STYLES[name[4:]]  # after "keep" or "drop"
        dotted = ":" if name.endswith("pooled") else "-"
        style = "--" if name.startswith("drop") and not name.endswith("pooled") else dotted
        plot.plot(panel.percents, values, style, color=colour or own, linewidth=wide, alpha=opacity)
    plot.plot(panel.rule[0], panel.rule[1], "D", color=own, markersize=3.5)
    plot.plot(panel.rule[0], panel.rule[2], "D", color=own, markersize=3.5, fillstyle="none")
    plot.axvline(paper, color=INK, linewidth=0.7)
    plot.set_xscale("log")
    plot.set_xlim(0.9, 105)
    plot.set_ylim(-0.03, 1.03)
    plot.set_xticks(list(marks), [f"{mark:g}" for mark in marks])
    plot.minorticks_off()
