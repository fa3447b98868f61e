"""Bars of how many times as long as a yardstick something takes: a panel for each case, the names beside them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqexplain.drawing.figures import LINE, MARGIN, POINTS, Sheet
from sqexplain.drawing.plotting import INK, PALE, axes, sheet

NAMES, WIDTH, ROW, GAP = 1.5, 1.75, 0.17, 0.2  # inches: the names, a panel, a row of it, between panels
FULL = "#0f6f78"
FAR = 3  # times; where something takes longer, the axis is logarithmic
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # ticks of such an axis
ROOM = 1.35  # the longest bar leaves as much for its number

Spread = tuple[float, float, float]  # ratio, the smallest, the largest


@dataclass(frozen=True)
class Ratios:
    """One panel: its title, and name -> ratio with the smallest and the largest."""

    title: str
    bars: Mapping[str, Spread]


def draw_ratios(panels: Sequence[Ratios], pale: Sequence[str], label: str, caption: str, format: str) -> bytes:
    """Return the file of the bars: each from 1 to a ratio, with a line from the smallest to the largest.

    All panels share names and axis; the axis is logarithmic where a ratio is far from 1.

    Args:
        panels: from left to right; the row of a name that one lacks stays empty there.
        pale: names whose bars are pale.
        label: what the axis is.
        caption: the sentences under it all.
        format: a key of `FORMATS`.

    Raises:
        ValueError: there is no bar, or an unknown format.
    """
    names = merged([list(panel.bars) for panel in panels])
    if not names:
        raise ValueError("'panels' holds no bar; give at least one")
    top, tall = MARGIN + LINE + 0.05, len(names) * ROW
    ends = [end for panel in panels for bar in panel.bars.values() for end in bar]
    width = 2 * MARGIN + NAMES + len(panels) * (WIDTH + GAP) - GAP

    def draw(page: Sheet) -> None:
        for row, name in enumerate(names):
            page.text(MARGIN + NAMES - 0.08, top + (row + 0.5) * ROW - 0.4 * LINE, name, "right")
        for number, panel in enumerate(panels):
            left = MARGIN + NAMES + number * (WIDTH + GAP)
            page.text(left, MARGIN, panel.title)
            plot = axes(page, left, top, WIDTH, tall)
            _scale(plot, min(ends), max(ends), len(names))
            _bars(plot, panel, names, pale)
        page.text(MARGIN + NAMES, top + tall + 1.7 * LINE, label)

    return sheet(width, top + tall + 3.4 * LINE, caption, format, draw)


def merged(lists: Sequence[Sequence[str]]) -> list[str]:
    """Return all names of several lists once; one that the longest list lacks comes last."""
    longest = max(lists, key=len, default=[])
    return list(dict.fromkeys([*longest, *(name for names in lists for name in names)]))


def _scale(plot, low: float, high: float, rows: int) -> None:
    """Set up the axes of a panel for ratios from `low` to `high`, with 1 marked."""
    if high > FAR:
        low, high = min(low, 0.9), high * ROOM**2
        plot.set_xscale("log")
        ticks = [step for step in STEPS if low <= step <= high]
    else:
        low, high = min(low, 0.9) - 0.05, 1 + (max(high, 1.2) - 1) * ROOM
        step = 0.5 if high - low > 1 else 0.2 if high - low > 0.5 else 0.1
        ticks = [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
    plot.set_xlim(low, high)
    plot.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    plot.minorticks_off()
    plot.set_ylim(rows - 0.5, -0.5)
    plot.set_yticks([])
    plot.spines["left"].set_visible(False)
    plot.axvline(1, color=INK, linewidth=0.8)


def _bars(plot, panel: Ratios, names: Sequence[str], pale: Sequence[str]) -> None:
    for name, (ratio, low, high) in panel.bars.items():
        row = names.index(name)
        plot.barh(row, ratio - 1, 0.62, left=1, color=PALE if name in pale else FULL, linewidth=0)
        plot.plot([low, high], [row, row], color=INK, linewidth=0.7, solid_capstyle="butt")
        place = {"xytext": (3, 0), "textcoords": "offset points", "va": "center", "fontsize": POINTS - 1}
        plot.annotate(f"{ratio:.2f}", (max(high, 1), row), color=INK, **place)
