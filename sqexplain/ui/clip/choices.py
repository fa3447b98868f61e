"""The choices of the page "Clips": model and methods, and where the player stands; every one is part of the link."""

import streamlit as st

from sqexplain.ui import cache, link_state, view_settings
from sqexplain.ui.choices import NetChoices

GATES_HELP = """The Squeeze-and-Excitation block gives each channel a gate between 0 and 1.
- **sparse**: model frozen, one vector for each frame, pooled as the head reads it; the sound is gated too
- **paper**: one vector for the whole clip, trained together with the model, as published
- **none**: no block"""
MODEL_HELP = """- **Small speaker net**: ours, trained on drawn talkers; nothing to download
- **Light-ASD**: published weights, for real faces; weak at judging lip-sync
- **BIAS**: sees face and body; its authors provide the weights on request"""
NET = NetChoices(
    "speaker",
    "clip_gates",
    "clip_methods",
    "clip_controls",
    cache.clip_models,
    first=("se", "hirescam", "gradcam"),
    leading=True,
    offered_controls=("mean", "peaks", "winners", "random", "untrained"),  # they suit how these models read a frame
    se_settings=False,
    model_help=MODEL_HELP,
    gates_help=GATES_HELP,
)
# what the link carries
CHOICES = (*NET.names, "clips", "clip", "person")
SETTINGS = ("frame", *view_settings.PLAYER)


def settings(frames: int, best: int) -> dict:
    """Return where the controls of the player stand; the player itself draws them. `best` is the frame shown first."""
    if link_state.number("frame", -1, -1, frames - 1) < 0:
        st.session_state["frame"] = best
    return {"frame": st.session_state["frame"], **view_settings.read(view_settings.PLAYER)}


def keep(reported: dict) -> None:
    """Remember what the player reports when its cursor or a control rests; the frame only while its clip is shown."""
    shown = reported.get("clip") == st.session_state.get("clip_shown")
    view_settings.keep(reported, SETTINGS if shown else view_settings.PLAYER)
