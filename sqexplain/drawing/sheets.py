"""Sheets of pictures for papers and slides: rows with their words at the left, columns in groups with theirs on top."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sqexplain.drawing.colours import table
from sqexplain.drawing.figures import BAR_HEIGHT, BAR_WIDTH, DPI, LINE, MARGIN, POINTS, Sheet, lines, wrap
from sqexplain.drawing.plotting import PALE, sheet

SIDE = 0.76  # inches of a picture's width
LEFT = 1.06  # inches of the words beside a row
GAP, BREAK = 0.05, 0.16  # inches between pictures, and where a group begins
ASCENT = 0.78  # of a line's height, from its top to where the letters stand
TALLEST = 2.0  # a picture may be so many times as high as wide
RULE = 0.6  # points of the line under the name of a group
BELOW = 0.06  # inches between words and what they belong to


@dataclass(frozen=True)
class Column:
    """The words on top of a column; neighbours of the same group stand under one name."""

    title: str
    group: str = ""


@dataclass(frozen=True)
class Row:
    """The words at the left, a picture (H, W, 3) uint8 for each column or None, and words over it, "" for none."""

    title: str
    pictures: tuple[np.ndarray | None, ...]
    heading: str = ""


def draw_sheet(
    rows: Sequence[Row], columns: Sequence[Column], caption: str, scale: str, colormap: str, format: str
) -> bytes:
    """Return the file of a sheet: pictures of equal width on white, every word outside of them, one colour bar.

    The same arguments give the same bytes. Safe to call from several threads.

    Args:
        rows: from top to bottom.
        columns: from left to right.
        caption: the sentences under all, wrapped.
        scale: what 0 and 1 of the shared colour bar mean.
        colormap: the colours of the bar, a key of `COLORMAPS`.
        format: a key of `FORMATS`; the words of "svg" and "pdf" are vectors.

    Raises:
        ValueError: there is no row, a row has another number of pictures than there are columns, or an unknown format
            or colour map.
    """
    if not rows or not columns:
        raise ValueError("there is nothing to draw; give at least one row and one column")
    if any(len(row.pictures) != len(columns) for row in rows):
        raise ValueError(f"a row needs {len(columns)} pictures, one for each column; give None where there is none")
    plan, colours = Plan.of(rows, columns, scale), table(colormap)
    return sheet(plan.width, plan.height, caption, format, lambda page: plan.draw(page, colours, format != "png"))


@dataclass(frozen=True)
class Plan:
    """Where everything of a sheet stands, in inches."""

    rows: Sequence[Row]
    columns: Sequence[Column]
    scale: str
    lefts: tuple[float, ...]  # of the columns
    titles: tuple[str, ...]  # of the columns, wrapped
    tops: tuple[float, ...]  # of the pictures of each row
    boxes: tuple[float, ...]  # heights of the pictures of each row

    @classmethod
    def of(cls, rows: Sequence[Row], columns: Sequence[Column], scale: str) -> "Plan":
        """Plan the sheet: all pictures are equally wide, the tallest of a row gives its height."""
        lefts, left, group = [], MARGIN + LEFT, columns[0].group
        for column in columns:
            left += BREAK - GAP if column.group != group else 0
            lefts.append(left)
            left, group = left + SIDE + GAP, column.group
        titles = tuple(wrap(column.title, SIDE) for column in columns)
        top = MARGIN + (LINE + BELOW if any(column.group for column in columns) else 0)
        top += LINE * max(map(lines, titles)) + BELOW
        tops, boxes = [], []
        for row in rows:
            top += BREAK + LINE * lines(row.heading) + BELOW if row.heading else 0
            tops.append(top)
            boxes.append(height(row))
            top += boxes[-1] + GAP
        return cls(rows, columns, scale, tuple(lefts), titles, tuple(tops), tuple(boxes))

    @property
    def width(self) -> float:
        """The width of the page."""
        return self.lefts[-1] + SIDE + MARGIN

    @property
    def end(self) -> float:
        """Where the pictures end."""
        return self.tops[-1] + self.boxes[-1]

    @property
    def height(self) -> float:
        """The height of all but the caption."""
        return self.end + 2 * BELOW + BAR_HEIGHT + 2 * LINE

    def draw(self, page: Sheet, colours: np.ndarray, vector: bool) -> None:
        """Draw heads, rows and colour bar; a vector file keeps the pixels of pictures that are not too large."""
        self.draw_heads(page)
        for row, top, box in zip(self.rows, self.tops, self.boxes, strict=True):
            if row.heading:
                write(page, MARGIN, top - BELOW - LINE * lines(row.heading), row.heading)
                draw_rule(page, MARGIN, self.width - MARGIN, top - BELOW * 2 / 3)
            title = wrap(row.title, LEFT - BELOW)
            write(page, MARGIN, top + (box - LINE * lines(title)) / 2, title)
            for left, picture in zip(self.lefts, row.pictures, strict=True):
                if picture is not None:
                    kept = vector and picture.shape[1] <= SIDE * DPI
                    page.image(picture, (left, top, SIDE, box), "none" if kept else "auto")
        self.draw_bar(page, colours)

    def draw_heads(self, page: Sheet) -> None:
        """Write the titles, each on the line above the pictures, and the groups over them with a rule."""
        tallest = LINE * max(map(lines, self.titles))
        foot = MARGIN + tallest + (LINE + BELOW if any(column.group for column in self.columns) else 0)
        for left, title in zip(self.lefts, self.titles, strict=True):
            write(page, left + SIDE / 2, foot - LINE * lines(title), title, "center")
        for group in dict.fromkeys(column.group for column in self.columns if column.group):
            own = [left for left, column in zip(self.lefts, self.columns, strict=True) if column.group == group]
            write(page, (own[0] + own[-1] + SIDE) / 2, MARGIN, group, "center")
            draw_rule(page, own[0], own[-1] + SIDE, MARGIN + LINE + BELOW / 3)

    def draw_bar(self, page: Sheet, colours: np.ndarray) -> None:
        """Draw what the colours mean: the bar, its ends and its middle, and the words beside it."""
        top = self.end + 2 * BELOW
        bar = np.repeat(colours[None], 2, axis=0)  # (2, 256, 3)
        page.image(bar, (MARGIN, top, BAR_WIDTH, BAR_HEIGHT), "nearest", "auto")
        for share, align in ((0, "left"), (0.5, "center"), (1, "right")):
            write(page, MARGIN + share * BAR_WIDTH, top + BAR_HEIGHT + BELOW / 3, f"{share:g}", align)
        write(page, MARGIN + BAR_WIDTH + 2 * BELOW, top + (BAR_HEIGHT - LINE) / 2, self.scale)


def height(row: Row) -> float:
    """Return the height of the pictures of a row in inches."""
    shapes = [picture.shape for picture in row.pictures if picture is not None]
    return SIDE * min(TALLEST, max((rows / columns for rows, columns, _ in shapes), default=1))


def write(page: Sheet, left: float, top: float, words: str, align: str = "left") -> None:
    """Write lines downwards from a point, in inches; neighbours stand on one line, whatever letters they have."""
    for number, line in enumerate(words.splitlines()):
        place = left / page.width, 1 - (top + LINE * (number + ASCENT)) / page.height
        page.figure.text(*place, line, ha=align, va="baseline", size=POINTS, parse_math=False)


def draw_rule(page: Sheet, left: float, right: float, top: float) -> None:
    """Draw a thin line from left to right, in inches."""
    from matplotlib.lines import Line2D

    across, up = [left / page.width, right / page.width], 1 - top / page.height
    page.figure.add_artist(Line2D(across, [up, up], color=PALE, linewidth=RULE))
