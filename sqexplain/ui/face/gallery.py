"""Gallery: the most and least confident faces for an attribute, and the errors."""

import numpy as np
import streamlit as st

from sqexplain.evaluation.hard_examples import Predictions, predict_all
from sqexplain.models import MODELS
from sqexplain.prepared.thumbnails import SIDE
from sqexplain.ui import cache, link_state
from sqexplain.ui.face import cache as kept
from sqexplain.ui.face import choices, sources
from sqexplain.ui.face.many import about_what
from sqexplain.ui.layout import stoppable_bar
from sqexplain.ui.strip import strip
from sqexplain.ui.words import per_cent, plain

NUMBERS = ("200", "500", "1000")
COUNT = 10  # faces of a kind
KINDS = {
    "most confident yes": ("Most confident yes", "The highest probabilities."),
    "most confident no": ("Most confident no", "The lowest probabilities."),
    "least confident": ("Least confident", "The probabilities closest to the threshold."),
    "false yes": ("False positives", "Labelled no; the most confident errors first. Labels can be wrong as well."),
    "false no": ("False negatives", "Labelled yes; the most confident errors first. Labels can be wrong as well."),
}
STOPPED = "gallery_stopped"


def draw(model: str, gates: str) -> None:
    """Draw the choices and the faces of each kind; a click on one takes it to the page's first view."""
    data = MODELS[model].data
    if not sources.available(data):
        return
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    with left:
        about = about_what(list(MODELS[model].classes))
    with right:
        looks = {"required": True, "help": "Spread evenly over the test split. More faces show rarer errors."}
        number = link_state.choose(st.segmented_control, "Number of faces", "looked", NUMBERS, NUMBERS[0], **looks)
    key = "/".join((model, gates, data, number))
    found = _answers(model, gates, data, int(number), key)
    if found is not None:
        _rows(found, about, data)


def _answers(model: str, gates: str, data: str, number: int, key: str) -> Predictions | None:
    """Run the model on the faces, with progress and a button to stop; return what is known."""
    slot = kept.answers_slot(key)
    stopped = st.session_state.get(STOPPED) == key
    if not slot.get("done") and not stopped:
        bar = stoppable_bar("Running the model on the faces …", _stop, key)
        for found in predict_all(cache.classifier(model, gates), cache.dataset(data), number):
            slot["answers"] = found
            bar.progress(len(found.places) / found.of, f"{len(found.places)} of {found.of} faces …")
        slot["done"] = True
        st.rerun()
    if stopped and not slot.get("done"):
        known = len(slot["answers"].places) if "answers" in slot else 0
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.info(f"Stopped after {known} faces.", icon=":material/info:")
        right.button("Continue", icon=":material/play_arrow:", on_click=lambda: st.session_state.pop(STOPPED, None))
    return slot.get("answers")


def _stop(key: str) -> None:
    st.session_state[STOPPED] = key


def _rows(found: Predictions, about: str, data: str) -> None:
    """Draw a row of faces for each kind."""
    index = found.classes.index(about)
    yes = found.probabilities[:, index] >= found.thresholds[index]
    accuracy = float((yes == (found.labels[:, index] > 0)).mean())
    st.markdown(
        f"**{plain(about)}** · {len(found.places)} faces, {int(yes.sum())} predicted yes (threshold "
        f"{per_cent(found.thresholds[index])}), accuracy {per_cent(accuracy)} · ● labelled yes, ○ no · click a face to "
        "explain it"
    )
    for kind, places in found.gallery(about, COUNT).items():
        title, text = KINDS[kind]
        st.markdown(f"**{title}**", help=text)
        if not len(places):
            st.caption(f"None among these {len(found.places)} faces.")
            continue
        pictures = [_small(found, int(place), index, data) for place in places]
        total = len(cache.dataset(data))
        label = f"{title}, {plain(about)}"
        strip(pictures, 0, None, total, lambda place: _explain(place, about, data), f"gallery_{kind}", label)


def _small(found: Predictions, place: int, index: int, data: str) -> dict:
    """Return a face as the strip shows it, with its probability and its label."""
    row = int(np.flatnonzero(found.places == place)[0])
    sample = cache.sample(data, place)
    label = "●" if found.labels[row, index] > 0 else "○"
    picture = cache.picture_uri(sample.digest, SIDE, sample)
    return {"name": f"{per_cent(found.probabilities[row, index])} {label}", "picture": picture, "number": place}


def _explain(place: int, about: str, data: str) -> None:
    """Take a face to the first view, with the attribute as its first row."""
    others = [name for name in st.session_state.get("attributes", []) if name != about]
    chosen = [about, *others][: choices.MOST]
    st.session_state.update(face=place, faces=data, faces_known=data, show="one", attributes=chosen)
