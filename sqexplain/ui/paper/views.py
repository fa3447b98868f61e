"""The views of the measurements, one at a time, behind a switch that a link carries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from sqexplain.ui import link_state
from sqexplain.ui.layout import existing
from sqexplain.ui.paper import accuracy, cache, claims, cost, grid, percentages
from sqexplain.ui.paper.footer import footer
from sqexplain.ui.paper.verdicts import MISSING

PLACE = "measurements"
JUMP = """<script>
document.getElementById("{place}")?.scrollIntoView({{ behavior: "smooth" }}); // {run}
</script>"""


@dataclass(frozen=True)
class View:
    """One view: its title, what draws it, and its choices that a link carries."""

    title: str
    draw: Callable[[], None]
    choices: tuple[str, ...] = ()


def views() -> dict[str, View]:
    """Return the views in the order of the switch."""
    return {
        "accuracy": View("Accuracy", accuracy.draw),
        "values": View("SE values", _values),
        "grid": View("Side by side", grid.draw, grid.CHOICES),
        "percent": View("Why 10 %?", percentages.draw, percentages.CHOICES),
        "cost": View("Cost", cost.draw, cost.CHOICES),
    }


def titles() -> dict[str, str]:
    """Return what a reader calls each view."""
    return {name: view.title for name, view in views().items()}


def draw() -> None:
    """Draw the switch and the view that is chosen, and write both to the link."""
    st.markdown("##### Measurements")
    st.html(f'<span id="{PLACE}"></span>')
    looks: dict[str, Any] = {"required": True, "format_func": titles().get, "label_visibility": "collapsed"}
    name = link_state.choose(st.segmented_control, "View", "view", list(views()), **looks)
    view = views()[name]
    view.draw()
    link_state.share("view", *view.choices)
    if st.session_state.pop(claims.JUMP, False):
        run = st.session_state.get("run", 0)  # another text, so that the browser runs it again
        st.html(JUMP.format(place=PLACE, run=run), unsafe_allow_javascript=True)


def _values() -> None:
    """Point to the page of the distributions."""
    table = cache.table("values")
    st.markdown("The SE values of every model: centred, as in figure 3 of the paper, or raw, and by class.")
    for page in existing():
        if page.name == "Distributions":
            st.page_link(page.script, label="Open the page Distributions", icon=page.icon)
    if table is None:
        st.info(MISSING, icon=":material/hourglass_empty:")
    footer("values", table)
