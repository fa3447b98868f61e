"""Small histograms of equal bins and axes, and quantiles against those of a normal distribution."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sqexplain.drawing.figures import LINE, MARGIN, Sheet
from sqexplain.drawing.plotting import GATES, INK, PALE, axes, sheet

COLUMNS, WIDTH, HEIGHT, GAP = 3, 1.95, 0.8, 0.24  # panels in a row; inches


@dataclass(frozen=True)
class Distribution:
    """One histogram: title "net, gates", shares (bins,) that sum to 1, edges (bins + 1,), a threshold and a note."""

    title: str
    shares: np.ndarray
    edges: np.ndarray
    threshold: float
    note: str


def draw_distributions(panels: Sequence[Distribution], label: str, caption: str, format: str) -> bytes:
    """Return the file of the histograms, all on the same axes; the height of a bar is its share of the fullest bin.

    Args:
        panels: the histograms in reading order.
        label: what the horizontal axis is.
        caption: the sentences under it all.
        format: a key of `FORMATS`.
    """
    rows = math.ceil(len(panels) / COLUMNS)
    row = LINE + HEIGHT + 3 * LINE + GAP  # title, panel, ticks and note, gap
    width = 2 * MARGIN + COLUMNS * (WIDTH + GAP) - GAP

    def draw(page: Sheet) -> None:
        for number, panel in enumerate(panels):
            left = MARGIN + number % COLUMNS * (WIDTH + GAP)
            top = MARGIN + number // COLUMNS * row
            page.text(left, top, panel.title)
            _bars(axes(page, left, top + LINE + 0.05, WIDTH, HEIGHT), panel)
            page.text(left, top + LINE + HEIGHT + 0.05 + 1.5 * LINE, panel.note)
        page.text(MARGIN, MARGIN + rows * row, f"Horizontal: {label}. Vertical: share of the fullest bin.")

    return sheet(width, MARGIN + rows * row + 1.3 * LINE, caption, format, draw)


def _bars(plot, panel: Distribution) -> None:
    top = max(float(panel.shares.max()), 1e-9)
    colour = GATES.get(panel.title.rpartition(", ")[2], INK)
    plot.bar(panel.edges[:-1], panel.shares / top, np.diff(panel.edges), align="edge", color=colour, linewidth=0)
    plot.axvline(panel.threshold, color=INK, linewidth=0.8, linestyle="--")
    plot.set_xlim(panel.edges[0], panel.edges[-1])
    plot.set_ylim(0, 1.05)
    plot.set_yticks([])
    plot.spines["left"].set_visible(False)


def draw_quantiles(lines: Sequence[tuple[str, np.ndarray]], normal: np.ndarray, caption: str, format: str) -> bytes:
    """Return the file of a QQ plot: for each "net, gates" its quantiles against `normal`, a panel for each net.

    All in standard deviations; on the diagonal lies what is distributed normally.
    """
    nets = list(dict.fromkeys(name.rpartition(", ")[0] for name, _ in lines))
    rows, side = math.ceil(len(nets) / COLUMNS), 1.6
    row = LINE + side + 2 * LINE + GAP
    width = 2 * MARGIN + COLUMNS * (WIDTH + GAP) - GAP

    def draw(page: Sheet) -> None:
        for number, net in enumerate(nets):
            left, top = MARGIN + number % COLUMNS * (WIDTH + GAP), MARGIN + number // COLUMNS * row
            page.text(left, top, net)
            plot = axes(page, left + 0.2, top + LINE + 0.05, side, side)
            plot.plot([-3, 3], [-3, 3], color=PALE, linewidth=0.8)
            own = [(name.rpartition(", ")[2], found) for name, found in lines if name.rpartition(", ")[0] == net]
            for gates, found in own:
                plot.plot(normal, found, ".", color=GATES.get(gates, INK), markersize=2.5, label=gates)
            plot.set_xlim(-2.5, 2.5)
            plot.set_ylim(-3, 5)
            plot.legend(fontsize=6, frameon=False, handletextpad=0.2, borderpad=0.1, loc="upper left")

    return sheet(width, MARGIN + rows * row, caption, format, draw)
