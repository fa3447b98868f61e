"""Which sample the page "Distributions" shows: of the model's own test data, or of pictures that are always here."""

import streamlit as st

from sqexplain.explanation import ForwardPass
from sqexplain.models import MODELS
from sqexplain.sample import Sample
from sqexplain.ui import cache, link_state, sources
from sqexplain.ui.clip import cache as clips
from sqexplain.ui.clip.sources import best_frame, browse_talkers

KEY, LABEL = "values_strip", "Sample"
FALLBACK = {"cifar10": "photographs", "cifar100": "photographs", "celeba": "drawn-faces"}
STRANGE = {
    "photographs": "The test data are not on this machine; these are photographs, seen at 32 pixels.",
    "drawn-faces": "The test data are not on this machine; these are drawn faces, unlike the training data.",
}
CHOICES = ("place", "moment")  # what the link carries


def choose_sample(model: str, gates: str, group: str) -> tuple[Sample, int, ForwardPass]:
    """Draw the strip, for a clip also its frames; return the sample, the frame shown, and the pass."""
    if MODELS[model].streams:
        return _clip(model, gates)
    st.session_state.pop("moment", None)  # a picture has one frame
    data = data_of(model)
    if data != MODELS[model].data:
        st.caption(STRANGE[data])
    sample = sources.browse(data, "place", on_choose=_take, key=KEY, label=LABEL).sample
    target = group if group in MODELS[model].classes else MODELS[model].default or None
    return sample, 0, cache.reading(model, gates, sample.digest, target, False, sample)


def data_of(model: str) -> str:
    """Return the data set whose samples are shown: that of the model where it is here, else one that always is."""
    data = MODELS[model].data
    if data not in FALLBACK:
        return data
    try:
        cache.dataset(data)
    except ValueError:
        return FALLBACK[data]
    return data


def _clip(model: str, gates: str) -> tuple[Sample, int, ForwardPass]:
    sample = clips.talker(browse_talkers("place", _take, KEY, LABEL))
    if link_state.number("moment", -1, -1, len(sample.frames) - 1) < 0:
        st.session_state["moment"] = best_frame(sample)
    frame = link_state.choose_number(st.slider, "Frame", "moment", 0, 0, len(sample.frames) - 1)
    return sample, frame, clips.reading(model, gates, sample.digest, False, sample)


def _take(place: int) -> None:
    """Show another sample, a clip from its own best frame."""
    st.session_state.update(place=place, moment=-1)
