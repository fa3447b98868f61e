"""The player on a page: its data at once, then what takes longer, in steps that can be watched."""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from sqexplain.models import MODELS
from sqexplain.progress import Progress
from sqexplain.ui import cache
from sqexplain.ui.clip import ablations, choices, sources
from sqexplain.ui.clip.payload import ClipView, payload
from sqexplain.ui.player import player

KEY = "player"
LATER = ("further", "constancy")
SKELETON = 900  # pixels: about the height of the player


OWN_WEIGHTS = (
    "The weights of {title} are not shipped: its authors give them to those who ask (github.com/Tiago-Roxo/BIAS). "
    "With the file, the command line explains a video:"
)


def best_frame(sample) -> int:
    """Return the frame that is shown first: the middle of the longest part in which somebody truly speaks."""
    frames = len(sample.frames)
    if sample.labels is None or not (sample.labels == 1).any():
        return frames // 3
    padded = np.concatenate([[0], (sample.labels == 1).astype(int), [0]])
    starts, stops = np.flatnonzero(np.diff(padded) == 1), np.flatnonzero(np.diff(padded) == -1)
    longest = int((stops - starts).argmax())
    return int((starts[longest] + stops[longest]) // 2)


def show(view: ClipView, settings: dict) -> bool:
    """Draw the player with what is known by now; return False where a sentence says why that is not possible."""
    waiting = st.empty()
    if "clip_shown" not in st.session_state:
        waiting.skeleton(SKELETON)
    try:
        data = cache.kept(view.id, lambda: payload(view))
    except ValueError as error:
        waiting.error(str(error), icon=":material/error:")
        return False
    for name in LATER:
        found = cache.slot(f"{name}/{_key(view)}").get("result")
        if found is not None:
            data = data | {name: found, "id": f"{data['id']}+{name}"}
    waiting.empty()
    st.session_state["clip_shown"] = view.sample.digest
    player(data, settings, KEY, choices.keep, sources.choose_person)
    return True


def finish(view: ClipView) -> None:
    """Measure what takes longer, one thing after the other, and run the page again whenever one is known."""
    steps = {
        "further": (ablations.why(view), "Taking things away: sound, movement, mouth, eyes …"),
        "constancy": (_constancy(view), "Comparing the gates with those of the other clips …"),
    }
    for name, (work, text) in steps.items():
        if _run(f"{name}/{_key(view)}", work, text):
            st.rerun()


def _key(view: ClipView) -> str:
    return "/".join((view.sample.digest, view.model, view.gates))


def _constancy(view: ClipView) -> Iterator[Progress | dict]:
    talkers = cache.talkers()
    return ablations.constancy(view, [cache.clip(index) for index in range(len(talkers))])


def _run(key: str, work: Iterator[Progress | dict], text: str) -> bool:
    """Do the work unless it is done, with a bar; return whether something new is known."""
    slot = cache.slot(key)
    if "result" in slot:
        return False
    bar = st.progress(0.0, text)
    for step in work:
        if isinstance(step, Progress):
            bar.progress(min(1.0, step.done / step.of), text)
        else:
            slot["result"] = step
    bar.empty()
    return True


def ready(model: str) -> bool:
    """Say whether the weights of a model are here; where they are not, say how to get them."""
    if cache.clip_ready(model):
        return True
    title = MODELS[model].title or model
    if not cache.obtainable(model):
        st.info(OWN_WEIGHTS.format(title=title), icon=":material/info:")
        st.code(f"python -m sqexplain explain talk.mp4 --model {model} --weights FILE --out out", "bash")
        st.button("Back to the small speaker net", on_click=lambda: st.session_state.update(speaker="speaker"))
        return False
    st.info(f"{title}: the weights are not on this machine yet. They come from their authors, when you ask for them.")
    if st.button("Download the weights (about 4 MB)", icon=":material/download:"):
        try:
            with st.spinner("Downloading the weights …", show_time=True):
                cache.obtain(model)
        except ValueError as error:
            st.error(str(error), icon=":material/error:")
            st.caption(f"The place for the file on this machine: `{cache.keeping_place(model)}`")
        else:
            st.rerun()
    return False
