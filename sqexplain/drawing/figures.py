"""Figures for papers and slides: panels in a grid, words outside the pictures, one colour bar, a caption."""

import math
import textwrap
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from sqexplain.drawing.colours import table
from sqexplain.registry import pick

FORMATS = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}  # no date: same bytes
DPI = 300
SETTINGS = {  # the salt makes the names within an SVG the same each time; 42 keeps the letters of a PDF editable
    "svg.hashsalt": "sqexplain",
    "pdf.fonttype": 42,
    "font.family": "DejaVu Sans",
}
GAP, MARGIN = 0.16, 0.2  # inches
BAR_WIDTH, BAR_HEIGHT = 1.8, 0.1
POINTS, LINE, LETTER = 7.5, 0.14, 0.059  # letter size; height of a line and width of a letter in inches
EMPTY: Mapping[str, object] = MappingProxyType({})
_lock = threading.Lock()  # matplotlib's settings belong to the whole process


@dataclass(frozen=True)
class Panel:
    """One picture of a figure, (H, W, 3) uint8, with the title above and the note below it."""

    title: str
    picture: np.ndarray
    note: str = ""


def figure(
    panels: Sequence[Panel],
    caption: str = "",
    scale: str | None = "scaled per picture",
    colormap: str = "cividis",
    format: str = "png",
    columns: int = 4,
) -> bytes:
    """Return the file of a figure: panels of equal size on white, every word outside the pictures.

    The same arguments give the same bytes. Safe to call from several threads.

    Args:
        panels: the pictures in reading order.
        caption: the sentence under all, wrapped: decision, method, percentage, model, data.
        scale: what 0 and 1 of the shared colour bar mean; None leaves the bar out.
        colormap: the colours of the bar, a key of `COLORMAPS`.
        format: "png" (300 dpi), "svg" or "pdf"; the words of the latter two are vectors.
        columns: most panels in a row.

    Raises:
        ValueError: there is no panel, or an unknown format or colour map.
    """
    pick(FORMATS, format, "format of a figure")
    colours = table(colormap)
    if not panels:
        raise ValueError("'panels' is empty; give at least one picture")
    layout = Layout.of(panels, caption, scale, columns)
    return render(*layout.size, format, lambda page: layout.draw(page, panels, colours, vector=format != "png"))


def render(
    width: float, height: float, format: str, draw: Callable[["Sheet"], None], settings: Mapping[str, object] = EMPTY
) -> bytes:
    """Return the file of a white page in inches on which `draw` has drawn; the only place where a page is saved.

    The same arguments give the same bytes. Safe to call from several threads.

    Args:
        width: of the page.
        height: of the page.
        format: a key of `FORMATS`.
        draw: draws on the page, from its top left corner.
        settings: of matplotlib, beside `SETTINGS`.

    Raises:
        ValueError: an unknown format.
    """
    metadata = pick(FORMATS, format, "format of a figure")
    import matplotlib

    buffer = BytesIO()
    known: Any = SETTINGS | dict(settings)  # matplotlib's types name every key that there is
    with _lock, matplotlib.rc_context(known):
        page = Sheet(width, height)
        draw(page)
        page.figure.savefig(buffer, format=format, dpi=DPI, metadata=metadata)
    return buffer.getvalue()


class Sheet:
    """A white page measured in inches from its top left corner; no pyplot, so nothing is shared between threads."""

    def __init__(self, width: float, height: float):
        from matplotlib.figure import Figure

        self.width, self.height = width, height
        self.figure = Figure(figsize=(width, height), facecolor="white")

    def text(self, left: float, top: float, words: str, align: str = "left") -> None:
        """Write lines downwards from a point; a dollar sign is a dollar sign, not a formula."""
        place = left / self.width, 1 - top / self.height
        self.figure.text(*place, words, ha=align, va="top", size=POINTS, linespacing=1.25, parse_math=False)

    def image(
        self,
        picture: np.ndarray,
        box: tuple[float, float, float, float],
        interpolation: str,
        aspect: Literal["equal", "auto"] = "equal",
    ) -> None:
        """Show a picture within (left, top, width, height); "equal" keeps its proportions, "auto" fills the box."""
        left, top, width, height = box
        place = left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height
        axes = self.figure.add_axes(place)
        axes.imshow(picture, interpolation=interpolation, aspect=aspect)
        axes.set_axis_off()


@dataclass(frozen=True)
class Layout:
    """Where everything of a figure stands, in inches; wrapped words."""

    titles: list[str]
    notes: list[str]
    caption: str
    scale: str
    columns: int
    side: float  # width of a panel
    box: float  # height of a panel

    @classmethod
    def of(cls, panels: Sequence[Panel], caption: str, scale: str | None, columns: int) -> "Layout":
        """Plan the figure: a lone panel is larger, the tallest picture gives the height of all."""
        columns = max(1, min(columns, len(panels)))
        side = 2.6 if columns == 1 else 1.7
        box = side * min(2.0, max(panel.picture.shape[0] / panel.picture.shape[1] for panel in panels))
        titles = [wrap(panel.title, side) for panel in panels]
        notes = [wrap(panel.note, side) for panel in panels]
        width = columns * (side + GAP) - GAP
        return cls(titles, notes, wrap(caption, width), wrap(scale or "", width), columns, side, box)

    @property
    def above(self) -> float:
        """The height of the titles over each row."""
        return LINE * max(map(lines, self.titles)) + 0.04

    @property
    def row(self) -> float:
        """The height of a row with its words and the gap to the next."""
        return self.above + self.box + LINE * max(map(lines, self.notes)) + GAP

    @property
    def end(self) -> float:
        """Where the rows end."""
        return MARGIN + self.row * math.ceil(len(self.titles) / self.columns)

    @property
    def legend(self) -> float:
        """The height of the colour bar with its words and the gap to the caption."""
        return LINE * (lines(self.scale) + 2) + BAR_HEIGHT if self.scale else 0

    @property
    def size(self) -> tuple[float, float]:
        """The width and the height of the page."""
        width = 2 * MARGIN + self.columns * (self.side + GAP) - GAP
        return width, self.end + self.legend + LINE * lines(self.caption) + MARGIN

    def draw(self, sheet: Sheet, panels: Sequence[Panel], colours: np.ndarray, vector: bool) -> None:
        """Draw panels, colour bar and caption; a vector file keeps the pixels of pictures that are not too large."""
        for index, panel in enumerate(panels):
            left = MARGIN + index % self.columns * (self.side + GAP)
            top = MARGIN + index // self.columns * self.row
            interpolation = "none" if vector and panel.picture.shape[1] <= self.side * DPI else "auto"
            sheet.text(left + self.side / 2, top, self.titles[index], "center")
            sheet.image(panel.picture, (left, top + self.above, self.side, self.box), interpolation)
            sheet.text(left + self.side / 2, top + self.above + self.box + 0.04, self.notes[index], "center")
        if self.scale:
            self.draw_legend(sheet, colours)
        sheet.text(MARGIN, self.end + self.legend, self.caption)

    def draw_legend(self, sheet: Sheet, colours: np.ndarray) -> None:
        """Draw what the colours mean: a line of words, the bar, its ends and its middle."""
        sheet.text(MARGIN, self.end, self.scale)
        top = self.end + LINE * lines(self.scale) + 0.04
        bar = np.repeat(colours[None], 2, axis=0)  # (2, 256, 3)
        sheet.image(bar, (MARGIN, top, BAR_WIDTH, BAR_HEIGHT), "nearest", "auto")
        for share, align in ((0, "left"), (0.5, "center"), (1, "right")):
            sheet.text(MARGIN + share * BAR_WIDTH, top + BAR_HEIGHT + 0.03, f"{share:g}", align)


def wrap(words: str, width: float) -> str:
    """Break words into lines of at most `width` inches; the breaks already there stay, "10 %" is not broken."""
    size = max(8, int(width / LETTER))
    kept = words.replace(" %", "\u00a0%").splitlines()
    return "\n".join(textwrap.fill(line, size, break_on_hyphens=False) for line in kept)


def lines(words: str) -> int:
    """Return the number of lines."""
    return words.count("\n") + 1 if words else 0
