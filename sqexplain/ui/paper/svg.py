"""Steps of a drawing as SVG text: pictures, bars, blocks, arrows, placed side by side or one under another.

Every step is drawn in a square of SIDE with its title above and its words below. Colours come from outside.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from sqexplain.media import encode_jpeg, encode_png

SIDE = 108  # of the square of a step
HEAD, FOOT, LINE = 24, 8, 15  # room for the title, gap before the words, height of a line of words
WIDE, TALL = SIDE + 32, HEAD + SIDE + FOOT + 2 * LINE + 4  # of a step with the gap to the next
FONT = "'Source Sans Pro', 'Source Sans 3', 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
SMALL = 40  # a picture of fewer pixels is sent without loss


@dataclass(frozen=True)
class Pen:
    """The colours of a drawing: of the words and lines, and of what is chosen."""

    ink: str
    accent: str


@dataclass(frozen=True)
class Step:
    """One step: title, what is drawn in its square (SVG), and lines of words under it."""

    title: str
    body: str
    words: tuple[str, ...] = ()


def picture(pixels: np.ndarray, x: float, y: float, width: float, height: float | None = None) -> str:
    """Return pixels (H, W, 3) uint8 as an element; few of them keep their edges, and the box is filled."""
    coarse = max(pixels.shape) <= SMALL
    data = encode_png(pixels) if coarse else encode_jpeg(pixels, 88)
    kind, look = ("png", ' style="image-rendering:pixelated"') if coarse else ("jpeg", "")
    box = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height or width:g}" preserveAspectRatio="none"'
    return f'<image {box}{look} href="data:image/{kind};base64,{base64.b64encode(data).decode()}"/>'


def bars(values: np.ndarray, chosen: int, pen: Pen, box: tuple[float, float, float, float]) -> str:
    """Return values in [0, 1] as bars in a box (x, y, width, height), the first `chosen` of them filled."""
    x, y, width, height = box
    step = width / len(values)

    def column(place: int, value: float) -> str:
        tall = max(1.0, value * height)
        return f"M{x + place * step:.1f} {y + height:g}v{-tall:.1f}h{step:.2f}v{tall:.1f}z"

    drawn = [column(place, float(value)) for place, value in enumerate(values)]
    parts = ((drawn[:chosen], pen.accent, 1), (drawn[chosen:], pen.ink, 0.28))
    paths = (
        f'<path d="{"".join(part)}" fill="{fill}" fill-opacity="{strength}"/>' for part, fill, strength in parts if part
    )
    return "".join(paths) + line(x, y + height, x + width, y + height, pen)


def block(x: float, y: float, width: float, height: float, pen: Pen, strength: float = 0.14) -> str:
    """Return a filled box."""
    box = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3"'
    return f'<rect {box} fill="{pen.ink}" fill-opacity="{strength}" stroke="{pen.ink}" stroke-opacity="0.55"/>'


def line(x1: float, y1: float, x2: float, y2: float, pen: Pen) -> str:
    """Return a thin line."""
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="{pen.ink}" stroke-opacity="0.55" fill="none"/>'


def arrow(x1: float, y1: float, x2: float, y2: float, pen: Pen) -> str:
    """Return a line with a head at its end."""
    length = max(1e-6, float(np.hypot(x2 - x1, y2 - y1)))
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    wings = [(x2 - 7 * ux + side * 4 * uy, y2 - 7 * uy - side * 4 * ux) for side in (1, -1)]
    head = f"M{x2:.1f} {y2:.1f}" + "".join(f"L{x:.1f} {y:.1f}" for x, y in wings) + "z"
    shaft = f"M{x1:.1f} {y1:.1f}L{x2 - 6 * ux:.1f} {y2 - 6 * uy:.1f}"
    return f'<path d="{shaft}" stroke="{pen.ink}" stroke-width="1.6" fill="none"/><path d="{head}" fill="{pen.ink}"/>'


def label(
    text: str, x: float, y: float, pen: Pen, size: float = 12.5, anchor: str = "middle", strong: bool = False
) -> str:
    """Return a line of words."""
    look = 'font-weight="600"' if strong else 'fill-opacity="0.8"'
    place = f'x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}"'
    return f'<text {place} fill="{pen.ink}" {look}>{escape(text)}</text>'


def placed(step: Step, x: float, y: float, pen: Pen) -> str:
    """Return a step with the left upper corner of its title at a place."""
    middle, under = SIDE / 2, HEAD + SIDE + FOOT
    title = label(step.title, middle, 14, pen, 13.5, strong=True)
    words = "".join(label(text, middle, under + (row + 0.7) * LINE, pen) for row, text in enumerate(step.words))
    body = f'<g transform="translate(0 {HEAD})">{step.body}</g>'
    return f'<g transform="translate({x:g} {y:g})">{title}{body}{words}</g>'


def between(a: tuple[float, float], b: tuple[float, float], pen: Pen) -> str:
    """Return the arrow from the step at `a` to the step at `b`, whichever way it lies."""
    middle = HEAD + SIDE / 2
    if b[0] > a[0] and abs(b[1] - a[1]) < TALL:  # to the right
        return arrow(a[0] + SIDE + 5, a[1] + middle, b[0] - 5, b[1] + middle, pen)
    return arrow(a[0] + SIDE / 2, a[1] + TALL - 4, b[0] + SIDE / 2, b[1] - 2, pen)


def drawing(
    steps: Sequence[Step],
    places: Sequence[tuple[float, float]],
    arrows: Sequence[tuple[int, int]],
    pen: Pen,
    columns: int = 0,
) -> str:
    """Return the steps at their places (column, row; 0.5 is half a step) with arrows between some, as one SVG.

    It is as wide as `columns` steps at least, so that drawings one under another have one scale.
    """
    spots = [(16 + column * WIDE, row * (TALL + 8)) for column, row in places]
    width = 32 + SIDE + WIDE * (max(columns, 1 + max(column for column, _ in places)) - 1)
    height = max(y for _, y in spots) + TALL
    parts = [placed(step, x, y, pen) for step, (x, y) in zip(steps, spots, strict=True)]
    parts += [between(spots[start], spots[stop], pen) for start, stop in arrows]
    box = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="{FONT}">{"".join(parts)}</svg>'


def as_image(drawn: str, text: str, look: str) -> str:
    """Return an SVG as an element of a page, with a description in words; `look` is its class.

    As an image, since the page takes SVG out of any other text.
    """
    data = base64.b64encode(drawn.encode()).decode()
    return f'<img class="{look}" alt="{escape(text)}" src="data:image/svg+xml;base64,{data}"/>'
