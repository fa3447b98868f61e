"""The choices of the page "Clips": model, methods, clip; every one is part of the link."""

import streamlit as st

from sqexplain.drawing import COLORMAPS
from sqexplain.methods import METHODS
from sqexplain.models import MODELS
from sqexplain.models.store import read_card, weights_path
from sqexplain.ui import cache, link_state
from sqexplain.ui.player import SCALES
from sqexplain.ui.viewer import BASES
from sqexplain.ui.viewer_data import facts

DEFAULT = ("se", "hirescam", "gradcam")
CONTROLS = ("mean", "peaks", "winners", "random", "untrained")  # the ones that match how these nets read a frame
GATES_HELP = """The Squeeze-and-Excitation block gives each channel a gate between 0 and 1.
- **sparse**: net frozen, one vector for each frame, squeezed as the head reads it, with the sound
- **paper**: one vector for the whole clip, learnt together with the net, as published
- **none**: no block"""
MODEL_HELP = """- **Small speaker net**: ours, trained on drawn talkers, works with nothing downloaded
- **Light-ASD**: published weights, for real faces; a weak judge of lip-sync
- **BIAS**: sees face and body; its weights are to be had from its authors alone"""
# what the link carries
CHOICES = ("speaker", "clip_gates", "clip_methods", "clip_controls", "clips", "clip", "person")
SETTINGS = ("frame", "percent", "opacity", "base", "map", "scale")


def choose_model() -> tuple[str, str]:
    """Draw the choice of model and gates in the left bar; return both."""
    names = cache.speakers()
    model = link_state.choose(
        st.selectbox, "Model", "speaker", names, help=MODEL_HELP, format_func=lambda name: MODELS[name].title or name
    )
    kinds = cache.clip_kinds(model)
    gates = link_state.choose(st.pills, "Gates", "clip_gates", kinds, help=GATES_HELP, required=True)
    path = weights_path(model, gates)
    if path.exists() and (told := facts(read_card(path))):
        st.caption(told)
    return model, gates


def choose_methods(gates: str) -> tuple[str, ...]:
    """Draw the choice of methods, with the controls one switch away; return their names, those of SE first."""
    possible = [name for name, kind in METHODS.items() if gates != "none" or "gates" not in kind.needs]
    plain = sorted((name for name in possible if not METHODS[name].control), key=_place)
    told = "\n".join(f"- **{METHODS[name].title}**: {METHODS[name].summary}" for name in plain)
    default = [name for name in DEFAULT if name in plain]
    chosen = link_state.choose_some(
        st.pills, "Methods", "clip_methods", plain, default, help=told, format_func=lambda name: METHODS[name].title
    )
    controls = [name for name in CONTROLS if name in possible]
    told = "\n".join(f"- **{METHODS[name].title}**: {METHODS[name].summary}" for name in controls)
    told += "\n\nWhere a control draws the same map, the gates have added nothing."
    return (*chosen, *(controls if link_state.switch("Controls beside them", "clip_controls", help=told) else ()))


def _place(name: str) -> int:
    """Return the rank of a method: the usual ones first."""
    return DEFAULT.index(name) if name in DEFAULT else len(DEFAULT) + list(METHODS).index(name)


def settings(frames: int, best: int) -> dict:
    """Return where the controls of the player stand; the player itself draws them. `best` is the frame shown first."""
    if link_state.number("frame", -1, -1, frames - 1) < 0:
        st.session_state["frame"] = best
    return {
        "frame": st.session_state["frame"],
        "percent": link_state.number("percent", 10, 1, 100),
        "opacity": link_state.number("opacity", 60, 0, 100),
        "base": link_state.option("base", list(BASES)),
        "map": link_state.option("map", list(COLORMAPS)),
        "scale": link_state.option("scale", SCALES),
    }


def keep(told: dict) -> None:
    """Remember what the player says when its cursor or a control rests; the frame only while its clip is shown."""
    state = st.session_state
    for name in SETTINGS if told.get("clip") == state.get("clip_shown") else SETTINGS[1:]:
        if name in told and type(told[name]) is type(state.get(name)):
            state[name] = told[name]
