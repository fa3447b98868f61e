"""Weights that are not on this machine: where they come from, and the button that fetches them."""

import streamlit as st

from sqexplain.models import MODELS
from sqexplain.ui import cache
from sqexplain.ui.words import sentence

ON_REQUEST = (
    "The weights of {title} are not shipped: its authors give them to those who ask (github.com/Tiago-Roxo/BIAS). "
    "With the file, the command line explains a video:"
)


def offer(model: str) -> None:
    """Say that the weights of a model are not here, and fetch them when asked to."""
    spec = MODELS[model]
    title = spec.title or model
    if spec.streams and not cache.obtainable(model):
        st.info(ON_REQUEST.format(title=title), icon=":material/info:")
        st.code(f"python -m sqexplain explain talk.mp4 --model {model} --weights FILE --out out", "bash")
        st.button("Back to the small speaker net", on_click=lambda: st.session_state.update(speaker="speaker"))
        return
    authors = "their authors" if spec.streams else "torchvision"
    st.info(f"{title}: the weights are not on this machine yet. They come from {authors}, when you ask for them.")
    if st.button(f"Download the weights of {title}", icon=":material/download:"):
        try:
            with st.spinner(f"Downloading the weights of {title}; large ones take minutes …", show_time=True):
                cache.fetch(model)
        except ValueError as error:
            st.error(sentence(error), icon=":material/error:")
            if spec.streams:
                st.caption(f"The place for the file on this machine: `{cache.weights_file(model)}`")
        else:
            st.rerun()
