"""The player: a clip with its heatmaps, its sound and its answers under one cursor, redrawn without the server.

The browser gets small maps of every frame, for about twenty percentages, as bytes; enlarging, scaling and colours
follow from these there, by the steps of `sqexplain.explanation.heatmaps`.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from sqexplain.ui import link_state
from sqexplain.ui.js import bundle, sent

HERE = Path(__file__).parent
SCALES = ("frame", "clip")  # the first is shown first


@st.cache_resource(show_spinner=False)
def _component() -> Callable:
    html, css = ((HERE / name).read_text("utf-8") for name in ("player.html", "player.css"))
    return st.components.v2.component("sqexplain_player", html=html, css=css, js=bundle(HERE / "player.js"))


def player(payload: dict, settings: dict, key: str, on_release: Callable[[dict], None], on_person: Callable) -> None:
    """Draw the player.

    Args:
        payload: what to show, see `sqexplain.ui.clip.payload`; an unchanged "id" means that nothing is drawn anew.
        settings: percent, opacity, base, map, scale and frame, where the controls stand at first.
        key: one player of a page.
        on_release: called with the new settings once the cursor or a control rests.
        on_person: called with the number of a face that was clicked.
    """

    def changed() -> None:
        on_release(dict(st.session_state[key]["settings"]))

    def chosen() -> None:
        number = st.session_state[key]["person"]
        if number is not None:
            on_person(int(number))

    data = payload | {"start": link_state.steady(key, payload["id"], settings)}
    _component()(data=sent(data), key=key, on_settings_change=changed, on_person_change=chosen)
