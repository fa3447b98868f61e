"""A strip of small pictures to choose from, with buttons to the next and the previous ones."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from sqexplain.ui.js import bundle, sent

HERE = Path(__file__).parent
HTML = """<div class="strip">
  <button type="button" class="turn back" aria-label="Previous pictures">‹</button>
  <div class="row" role="radiogroup"></div>
  <button type="button" class="turn on" aria-label="Next pictures">›</button>
</div>"""


@st.cache_resource(show_spinner=False)
def _component() -> Callable:
    css = (HERE / "strip.css").read_text("utf-8")
    return st.components.v2.component("sqexplain_strip", html=HTML, css=css, js=bundle(HERE / "strip.js"))


def strip(
    pictures: list[dict],
    start: int,
    chosen: int | None,
    total: int,
    on_choose: Callable,
    key: str = "strip",
    label: str = "Picture to explain",
) -> None:
    """Draw the strip.

    Args:
        pictures: name and data URI of each, the numbers `start`, `start + 1`, ..., or the "number" that they bring.
        start: number of the first.
        chosen: number of the one that is chosen, None where it is not among the numbers.
        total: how many there are in all.
        on_choose: called with the number that was chosen.
        key: one strip of a page.
        label: what is chosen, for screen readers.
    """
    own = [one["number"] for one in pictures if "number" in one]

    def changed() -> None:
        number = st.session_state[key]["chosen"]
        if number is not None and (not own or int(number) in own):
            on_choose(min(total - 1, max(0, int(number))))

    data = {"pictures": pictures, "start": start, "chosen": chosen, "total": total, "label": label}
    _component()(data=sent(data), key=key, on_chosen_change=changed)
