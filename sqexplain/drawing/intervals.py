"""Dots with intervals, a row each, in panels of their own scale: small differences have to be seen."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqexplain.drawing.figures import LINE, MARGIN, Sheet
from sqexplain.drawing.plotting import GATES, INK, PALE, axes, sheet

COLUMNS, WORDS, WIDTH, ROW, GAP = 2, 1.0, 2.1, 0.17, 0.3  # panels in a row; inches
LEAST = 0.01  # the narrowest scale: one point


@dataclass(frozen=True)
class Dot:
    """One score with its interval, None where it is not known; without an interval over seeds the dot is hollow."""

    label: str
    gates: str
    value: float
    low: float | None
    high: float | None
    seeds: int = 1


def draw_intervals(panels: Mapping[str, Sequence[Dot]], caption: str, format: str) -> bytes:
    """Return the file of the dots: panels by title, scores in per cent.

    Args:
        panels: title -> dots, from top to bottom.
        caption: the sentences under it all.
        format: a key of `FORMATS`.
    """
    titles = list(panels)
    rows = [titles[start : start + COLUMNS] for start in range(0, len(titles), COLUMNS)]
    heights = [max(len(panels[title]) for title in row) * ROW + 0.1 for row in rows]
    width = 2 * MARGIN + COLUMNS * (WORDS + WIDTH + GAP) - GAP
    whole = MARGIN + sum(heights) + len(rows) * (LINE + 0.05 + LINE + GAP)

    def draw(page: Sheet) -> None:
        top = MARGIN
        for row, height in zip(rows, heights, strict=True):
            for column, title in enumerate(row):
                left = MARGIN + column * (WORDS + WIDTH + GAP)
                page.text(left, top, title)
                tall = len(panels[title]) * ROW + 0.1
                _panel(axes(page, left + WORDS, top + LINE + 0.05, WIDTH, tall), panels[title])
            top += height + 2 * LINE + 0.05 + GAP

    return sheet(width, whole, caption, format, draw)


def _panel(plot, dots: Sequence[Dot]) -> None:
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high) if end is not None]
    middle, half = (min(ends) + max(ends)) / 2, max(max(ends) - min(ends), LEAST) * 0.6
    for place, dot in enumerate(dots):
        colour = GATES.get(dot.gates, INK)
        if dot.low is not None and dot.high is not None:
            plot.plot([100 * dot.low, 100 * dot.high], [place, place], color=colour, linewidth=1)
        fill = colour if dot.seeds > 1 else "white"
        plot.plot(100 * dot.value, place, "o", color=colour, markersize=4, markerfacecolor=fill)
    plot.set_xlim(100 * (middle - half), 100 * (middle + half))
    plot.set_ylim(len(dots) - 0.4, -0.6)
    plot.set_yticks(range(len(dots)), [dot.label for dot in dots])
    plot.grid(axis="x", color=PALE, linewidth=0.3)
    step = _step(200 * half)
    first = math.ceil(100 * (middle - half) / step) * step
    plot.set_xticks([first + number * step for number in range(5) if first + number * step <= 100 * (middle + half)])


def _step(span: float) -> float:
    """Return 1, 2 or 5 times a power of ten, so that at most five of them fit."""
    power = 10 ** math.floor(math.log10(span / 4))
    return next(power * digit for digit in (1, 2, 5, 10) if span / (power * digit) <= 5)
