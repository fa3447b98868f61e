"""The face itself, with its parts outlined and named beside it on request."""

import streamlit as st

from sqexplain.evaluation.face_regions import boxes
from sqexplain.sample import Sample
from sqexplain.ui import charts, link_state, viewer_data
from sqexplain.ui.cache import as_uri

GUTTER = 0.56  # of the picture's width, for the names of the parts
LETTER = 0.052  # size of a letter, the same
PARTS_HELP = "The parts of an aligned face; below you see their share of each map and the effect of blurring them."


def portrait(sample: Sample, shape: tuple[int, int]) -> bool:
    """Draw the face and the switch for its parts; return whether they are shown. `shape` is what the net sees."""
    place = st.container()
    parts = link_state.switch("Show the parts", "parts", help=PARTS_HELP)
    uri = as_uri(sample.picture, viewer_data.BASE_SIDE)
    seen = f"seen by the model at {shape[1]}×{shape[0]} pixels"
    text = f"{sample.name}, {seen}"
    if parts:
        place.image(outlined(uri, *sample.frames.shape[1:3]), width="stretch", alt=f"{text}; its parts outlined")
    else:
        place.image(plain(uri, *sample.frames.shape[1:3]), width="stretch", alt=text)
    place.caption(f"{sample.name} · {seen}")
    return parts


def plain(uri: str, height: int, width: int) -> str:
    """Return the picture in the same frame as `outlined`, as SVG, so that nothing jumps."""
    return _svg(uri, height, width, "")


def outlined(uri: str, height: int, width: int) -> str:
    """Return the picture as SVG with its parts outlined; their names stand to the right of it, never on it."""
    ink = charts.ink()
    line, size = width / 160, LETTER * width
    drawn, last = [], 0.0
    for name, found in boxes(height, width).items():
        for top, bottom, left, right in found:
            box = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" fill="none"'
            drawn.append(f'<rect {box} stroke="#000" stroke-opacity=".6" stroke-width="{2.4 * line:.2f}"/>')
            drawn.append(f'<rect {box} stroke="#fff" stroke-width="{line:.2f}"/>')
        top, bottom, _, right = found[0]
        y = max((top + bottom) / 2 if name != "hair" else top + size, last + 1.15 * size)
        last = y
        drawn.append(
            f'<path d="M{right:.1f} {(top + bottom) / 2 if name != "hair" else y:.1f} L{width * 1.03:.1f} {y:.1f}" '
            f'stroke="{ink}" stroke-width="{line / 2:.2f}" opacity=".7"/>'
            f'<text x="{width * 1.05:.1f}" y="{y + size / 3:.1f}" font-size="{size:.1f}" fill="{ink}" '
            f'font-family="sans-serif">{name}</text>'
        )
    return _svg(uri, height, width, "".join(drawn))


def _svg(uri: str, height: int, width: int, drawn: str) -> str:
    wide = width * (1 + GUTTER) if drawn else width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.1f} {height}">'
        f'<image href="{uri}" width="{width}" height="{height}"/>{drawn}</svg>'
    )
