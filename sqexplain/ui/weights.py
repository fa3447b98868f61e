"""Weights that are not on this machine: where they come from, and the button that fetches them."""

import streamlit as st

from sqexplain.models import MODELS
from sqexplain.ui import cache
from sqexplain.ui.words import sentence

ON_REQUEST = (
    "The weights of {title} are not included: its authors provide them on request (github.com/Tiago-Roxo/BIAS). "
    "With the file, the command line explains a video:"
)


TO_TRAIN = "There are no weights of {title} yet. Train them, or keep those that you have with `sqexplain.save_model`:"


def offer(model: str) -> None:
    """Say that the weights of a model are not here, and fetch them when the button is pressed."""
    spec, file = MODELS[model], cache.fetched_file(model)
    title = spec.title or model
    if spec.architecture not in MODELS.shipped:
        st.info(TO_TRAIN.format(title=title), icon=":material/info:")
        st.code(f"python -m sqexplain train {model}", "bash")
        return
    if spec.streams and file is None:
        st.info(ON_REQUEST.format(title=title), icon=":material/info:")
        st.code(f"python -m sqexplain explain talk.mp4 --model {model} --weights FILE --out out", "bash")
        st.button("Back to the small speaker net", on_click=lambda: st.session_state.update(speaker="speaker"))
        return
    provider = "its authors" if spec.streams else "torchvision"
    st.info(f"The weights of {title} are not on this machine yet. They can be downloaded from {provider}.")
    if st.button(f"Download the weights of {title}", icon=":material/download:"):
        try:
            with st.spinner(f"Downloading the weights of {title}; large ones take minutes …", show_time=True):
                cache.fetch(model)
        except ValueError as error:
            st.error(sentence(error), icon=":material/error:")
            if file is not None:
                st.caption(f"If you have the file, put it at `{file}`.")
        else:
            st.rerun()
