"""The viewer on a page: its settings are part of the link, and what cannot be shown is told in one sentence."""

import streamlit as st

from sqexplain.drawing import COLORMAPS
from sqexplain.ui import cache, link_state
from sqexplain.ui.viewer import BASES, viewer
from sqexplain.ui.viewer_data import View, payload

RULES = ("topk", "paper")
SETTINGS = ("percent", "opacity", "cut", "base", "map", "rule")  # what the link carries of them


def settings() -> dict:
    """Return where the controls of the viewer stand; the viewer itself draws them."""
    return {
        "percent": link_state.number("percent", 10, 1, 100),
        "opacity": link_state.number("opacity", 60, 0, 100),
        "cut": link_state.number("cut", 0, 0, 95),
        "base": link_state.option("base", list(BASES)),
        "map": link_state.option("map", list(COLORMAPS)),
        "rule": link_state.option("rule", RULES),
    }


def show(view: View, key: str, first: bool = False) -> bool:
    """Draw the view, `key` once on a page; return False where there is nothing to show and a sentence says why.

    With `first`, what follows on the page has to wait until the pictures are on screen: then it returns False once.
    """
    if not cache.ready(view.model):
        return _offer_weights(view.model)
    try:
        data = payload(view)
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return False
    return draw(data, key, first)


def draw(data: dict, key: str, first: bool = False) -> bool:
    """Draw the viewer; return what `show` does."""
    viewer(data, settings(), key, _keep, _drawn if first else None)
    return not first or st.session_state.get("drawn", False)


def _drawn() -> None:
    st.session_state["drawn"] = True


def _keep(told: dict) -> None:
    """Remember what the viewer says when one of its controls is let go."""
    known = settings()
    for name, value in told.items():
        if name in known and type(value) is type(known[name]):
            st.session_state[name] = value
    settings()  # brings what is not possible back into range


def _offer_weights(model: str) -> bool:
    st.info(f"The weights of {model} are not on this machine yet. They come from torchvision, when you ask for them.")
    if st.button(f"Download the weights of {model}", icon=":material/download:"):
        try:
            with st.spinner(f"Downloading the weights of {model}; large ones take minutes …", show_time=True):
                cache.classifier(model, cache.kinds(model)[0])
        except ValueError as error:
            st.error(str(error), icon=":material/error:")
        else:
            st.rerun()
    return False
