"""The viewer: pictures side by side whose heatmaps the browser redraws while a slider moves, without the server.

What it needs is small: the channels' maps once, and for each panel either a finished map or an order of channels. Every
percentage, threshold and colour follows from these in the browser, by the steps of `sqexplain.explanation.heatmaps`.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from sqexplain.ui import link_state
from sqexplain.ui.js import bundle, sent

HERE = Path(__file__).parent
BASES = {"grey": "grey", "colour": "colour", "none": "map only"}


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture of the viewer: the original, a finished map, or the mean of the first channels of an order.

    Attributes:
        tag: what kind of map it is, in a few words under its title.
        summary: one sentence about the method, shown on hover.
        note: a warning under the picture.
        map: (h', w') float32, clipped and scaled already where the method does so at its native size.
        order: (C,) int32, the channels from first to last; the slider takes the first k of them.
        weights: (C,) float32, a factor for each channel of an ordered map.
        offset: (C,) float32, what is taken off each channel before the factor.
        group: the number of the row that the picture belongs to, where the pictures stand in rows.
        gated: whether the order is that of the histogram beside the pictures, or of its row.
        interpolation: how the map is enlarged, "bilinear" or "bicubic".
    """

    title: str
    tag: str = ""
    summary: str = ""
    note: str = ""
    map: np.ndarray | None = None
    order: np.ndarray | None = None
    weights: np.ndarray | None = None
    offset: np.ndarray | None = None
    group: int = 0
    gated: bool = False
    interpolation: str = "bilinear"

    def packed(self, cells: tuple[int, int]) -> dict:
        """Return the panel as the browser reads it; `cells` is the size of the channels' maps."""
        arrays = {"map": (self.map, "<f4"), "order": (self.order, "<i4")}
        arrays |= {"weights": (self.weights, "<f4"), "offset": (self.offset, "<f4")}
        found = {name: None if array is None else pack(array, kind) for name, (array, kind) in arrays.items()}
        found["cells"] = list(cells if self.map is None else self.map.shape)
        texts = ("title", "tag", "summary", "note", "group", "gated", "interpolation")
        return found | {name: getattr(self, name) for name in texts}


def pack(array: np.ndarray, kind: str) -> str:
    """Return an array as base64 of its little-endian bytes."""
    return base64.b64encode(np.ascontiguousarray(array, np.dtype(kind)).tobytes()).decode()


@st.cache_resource(show_spinner=False)
def _component() -> Callable:
    html, css = ((HERE / name).read_text("utf-8") for name in ("viewer.html", "viewer.css"))
    return st.components.v2.component("sqexplain_viewer", html=html, css=css, js=bundle(HERE / "viewer.js"))


def viewer(
    payload: dict,
    settings: dict,
    key: str,
    on_release: Callable[[dict], None],
    on_drawn: Callable[[], None] | None = None,
) -> None:
    """Draw the viewer.

    Args:
        payload: what to show; an unchanged "id" means that nothing is drawn anew.
        settings: percent, opacity, cut, base, map and rule, where the controls stand at first.
        key: one viewer of a page.
        on_release: called with the new settings when a control is let go.
        on_drawn: called once the first picture is on screen.
    """

    def changed() -> None:
        on_release(dict(st.session_state[key]["settings"]))

    data = payload | {"start": link_state.steady(key, payload["id"], settings), "tell": on_drawn is not None}
    _component()(data=sent(data), key=key, on_settings_change=changed, on_drawn_change=on_drawn or (lambda: None))
