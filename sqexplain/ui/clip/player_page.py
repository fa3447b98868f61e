"""The player on a page: its data at once, then what takes longer, in steps that can be watched."""

from collections.abc import Callable, Iterator
from functools import partial

import streamlit as st

from sqexplain.progress import Progress
from sqexplain.ui import cache as shared
from sqexplain.ui.clip import ablations, cache, choices, sources
from sqexplain.ui.clip.payload import ClipView, payload
from sqexplain.ui.layout import follow
from sqexplain.ui.player import player
from sqexplain.ui.words import sentence

KEY = "player"
LATER = ("further", "constancy")
SKELETON = 900  # pixels: about the height of the player


def show(view: ClipView, settings: dict) -> bool:
    """Draw the player with what is known by now; return False where a sentence says why that is not possible."""
    waiting = st.empty()
    if "clip_shown" not in st.session_state:
        waiting.skeleton(SKELETON)
    try:
        data = cache.kept(view.id, lambda: payload(view))
    except ValueError as error:
        waiting.error(sentence(error), icon=":material/error:")
        return False
    for name in LATER:
        found = shared.slot(f"{name}/{_key(view)}").get("result")
        if found is not None:
            data = data | {name: found, "id": f"{data['id']}+{name}"}
    waiting.empty()
    st.session_state["clip_shown"] = view.sample.digest
    player(data, settings, KEY, choices.keep, sources.choose_person)
    return True


def finish(view: ClipView) -> None:
    """Measure what takes longer, one thing after the other, and run the page again whenever one is known."""
    steps = {
        "further": (ablations.why, "Removing inputs: sound, motion, mouth, eyes …"),
        "constancy": (ablations.constancy, "Comparing the gates with those of the other clips …"),
    }
    for name, (work, text) in steps.items():
        if _run(shared.slot(f"{name}/{_key(view)}"), partial(work, view), text):
            st.rerun()


def _key(view: ClipView) -> str:
    return "/".join((view.sample.digest, view.model, view.gates))


def _run(slot: dict, work: Callable[[], Iterator[Progress | dict]], text: str) -> bool:
    """Do the work unless it is done, with a bar; return whether something new is known."""
    if "result" in slot:
        return False
    bar = st.progress(0.0, text)
    (slot["result"],) = follow(work(), bar, lambda _step: text)
    bar.empty()
    return True
