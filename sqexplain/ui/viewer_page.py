"""The viewer on a page: drawn with settings that are part of the link; where there is nothing to show, a sentence."""

import streamlit as st

from sqexplain.ui import cache, view_settings, weights
from sqexplain.ui.page_model import View
from sqexplain.ui.viewer import viewer
from sqexplain.ui.viewer_data import payload
from sqexplain.ui.words import sentence

NO_METHOD = "Choose at least one method in the left bar."


def show(view: View, key: str, first: bool = False) -> bool:
    """Draw the view, `key` once on a page; return False where there is nothing to show and a sentence says why.

    With `first`, what follows on the page has to wait until the pictures are on screen: then it returns False once.
    """
    if not cache.ready(view.model):
        weights.offer(view.model)
        return False
    try:
        data = payload(view)
    except ValueError as error:
        st.error(sentence(error), icon=":material/error:")
        return False
    return draw(data, key, first)


def draw(data: dict, key: str, first: bool = False) -> bool:
    """Draw the viewer; return what `show` does."""
    viewer(data, view_settings.read(), key, view_settings.keep, _drawn if first else None)
    return not first or st.session_state.get("drawn", False)


def _drawn() -> None:
    st.session_state["drawn"] = True


def choose_something(text: str = NO_METHOD) -> None:
    """Say what has to be chosen before there is anything to show."""
    st.info(text, icon=":material/arrow_back:")
