"""The frame of every page: its title, the menu, the name of the app.

Every script calls `frame` first, before it imports what its page is made of: name and menu stand while the library is
loaded, which on a fresh server takes seconds. So this module imports nothing large.

The app uses the folder pages/ and no st.navigation: with both, the first link to a page on a fresh server would show
the page without what app.py sets up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sqexplain import locations
from sqexplain.progress import Progress
from sqexplain.ui import loading, memory

CLAIM = "Which part of a picture is a prediction based on?"


@dataclass(frozen=True)
class Page:
    """One entry of the menu: script, name, symbol, and what the page is for in one sentence."""

    script: str
    name: str
    symbol: str
    purpose: str

    @property
    def icon(self) -> str:
        """The symbol as Streamlit writes it."""
        return f":material/{self.symbol}:"


PAGES = (
    Page("app.py", "Home", "home", "A first result and the way to the pages."),
    Page("pages/explain.py", "Explain", "center_focus_strong", "Any picture, any model, all methods side by side."),
    Page("pages/clips.py", "Clips", "movie", "Who is speaking, and what the model looked at and listened to."),
    Page("pages/faces.py", "Faces", "face", "Which part of a face each attribute is predicted from."),
    Page("pages/distributions.py", "Distributions", "bar_chart", "The SE values of every model and data set."),
    Page("pages/paper.py", "Paper", "article", "The method at a glance, and each claim with our measurement."),
)


def existing() -> list[Page]:
    """Return the pages whose script is there; the menu shows no others."""
    return [page for page in PAGES if (locations.APP / page.script).exists()]


def frame(name: str) -> None:
    """Set up the page `name` of `PAGES`: browser title, wide layout, name of the app and menu in the left bar.

    When it returns, the library is loaded.
    """
    icon = locations.ASSETS / "logo.svg"  # one that is given by name would be fetched from abroad
    st.set_page_config(f"{name} · sqexplain", icon, "wide")
    st.session_state["run"] = st.session_state.get("run", 0) + 1
    with st.sidebar:
        st.markdown(f"### sqexplain\n{CLAIM}")
        for page in existing():
            st.page_link(page.script, label=page.name, icon=page.icon)
    loading.load()
    memory.give_back()  # of the run before


def cards() -> None:
    """Draw a card with a link for each page but the first."""
    pages = existing()[1:]
    for column, page in zip(st.columns(max(3, len(pages))), pages, strict=False):
        with column.container(border=True):
            st.page_link(page.script, label=f"**{page.name}**", icon=page.icon)
            st.caption(page.purpose)


def follow(steps: Iterable, bar: DeltaGenerator, words: Callable[[Progress], str]) -> list:
    """Show the progress of some work on a bar, in words; return what else it yields."""
    found = []
    for step in steps:
        if isinstance(step, Progress):
            bar.progress(min(1.0, step.done / max(1, step.of)), words(step))
        else:
            found.append(step)
    return found


def stoppable_bar(text: str, on_stop: Callable, *args) -> DeltaGenerator:
    """Draw a bar for long work, with a button that stops it, and return the bar."""
    left, right = st.columns([5, 1], vertical_alignment="center")
    bar = left.progress(0.0, text)
    right.button("Stop", icon=":material/stop_circle:", on_click=on_stop, args=args, width="stretch")
    return bar
