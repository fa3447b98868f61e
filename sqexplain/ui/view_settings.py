"""Where the controls of the viewer and the player stand: part of the link, drawn by the browser."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from sqexplain.drawing import COLORMAPS
from sqexplain.ui import link_state
from sqexplain.ui.player import SCALES
from sqexplain.ui.viewer import BASES

VIEWER = ("percent", "opacity", "cut", "base", "map", "rule")  # what the link carries of the viewer
PLAYER = ("percent", "opacity", "base", "map", "scale")  # and of the player
START = {"percent": 10, "rule": "topk"}  # what the maps of a payload are made with
READ = {
    "percent": partial(link_state.number, "percent", 10, 1, 100),
    "opacity": partial(link_state.number, "opacity", 60, 0, 100),
    "cut": partial(link_state.number, "cut", 0, 0, 95),
    "base": partial(link_state.option, "base", list(BASES)),
    "map": partial(link_state.option, "map", list(COLORMAPS)),
    "rule": partial(link_state.option, "rule", ("topk", "paper")),
    "scale": partial(link_state.option, "scale", SCALES),
}


def read(names: tuple[str, ...] = VIEWER) -> dict:
    """Return where these controls stand; what is not possible is brought back into range."""
    return {name: READ[name]() for name in names}


def keep(reported: dict, names: tuple[str, ...] = VIEWER) -> None:
    """Remember what the browser reports once a control is let go."""
    for name in names:
        if name in reported and type(reported[name]) is type(st.session_state.get(name)):
            st.session_state[name] = reported[name]
    read(tuple(name for name in names if name in READ))


def overlay_looks(settings: Mapping) -> dict:
    """Return the arguments with which `overlay` draws what the browser shows."""
    return {
        "opacity": 1.0 if settings["base"] == "none" else settings["opacity"] / 100,
        "colormap": settings["map"],
        "grey": settings["base"] != "colour",
        "threshold": settings.get("cut", 0) / 100,
    }
