"""Which sample the page "Distributions" shows: of the net's own test data, or of pictures that are always here."""

import streamlit as st

from sqexplain.explanation import Reading
from sqexplain.models import MODELS
from sqexplain.sample import Sample
from sqexplain.ui import cache, link_state
from sqexplain.ui.clip import sources
from sqexplain.ui.clip.player_page import best_frame
from sqexplain.ui.strip import strip

STRIP, KEY, LABEL = 12, "values_strip", "Sample to look at"
FALLBACK = {"cifar10": "photographs", "cifar100": "photographs", "celeba": "drawn-faces"}
STRANGE = {
    "photographs": "The test data are not on this machine: shown are photographs, seen at 32 pixels.",
    "drawn-faces": "The test data are not on this machine: shown are drawn faces, which this net has not learned from.",
}
CHOICES = ("place", "moment")  # what the link carries


def choose_sample(model: str, gates: str, group: str) -> tuple[Sample, int, Reading]:
    """Draw the strip, for a clip also its frames; return the sample, the frame shown, and the pass through the net."""
    if MODELS[model].streams:
        return _clip(model, gates)
    st.session_state.pop("moment", None)  # a picture has one frame
    data = data_of(model)
    if data != MODELS[model].data:
        st.caption(STRANGE[data])
    total = len(cache.dataset(data))
    place = link_state.number("place", 0, 0, total - 1)
    start = place // STRIP * STRIP
    strip(cache.thumbnails(data, start, min(total, start + STRIP)), start, place, total, _take, KEY, LABEL)
    sample = cache.sample(data, place)
    target = group if group in MODELS[model].classes else MODELS[model].default or None
    return sample, 0, cache.reading(model, gates, sample.digest, target, False, sample)


def data_of(model: str) -> str:
    """Return the data set whose samples are shown: that of the net where it is here, else one that always is."""
    data = MODELS[model].data
    if data not in FALLBACK:
        return data
    try:
        cache.dataset(data)
    except ValueError:
        return FALLBACK[data]
    return data


def finish(model: str) -> None:
    """Draw the small pictures of clips that the strip still lacks, and run the page again when they are there."""
    if MODELS[model].streams and sources.draw_thumbnails():
        st.rerun()


def _clip(model: str, gates: str) -> tuple[Sample, int, Reading]:
    talkers = cache.talkers()
    place = link_state.number("place", 0, 0, len(talkers) - 1)
    names = [{"name": name, "picture": cache.EMPTY} for name in sources.short_names(talkers.kinds)]
    drawn = cache.slot("thumbnails of talkers").get("result")
    strip(drawn or names, 0, place, len(talkers), _take, KEY, LABEL)
    sample = cache.clip(place)
    frame = _frame(len(sample.frames), best_frame(sample))
    return sample, frame, cache.clip_reading(model, gates, sample.digest, False, sample)


def _frame(frames: int, best: int) -> int:
    """Draw the choice of a frame and return it; at first it is `best`."""
    kept = st.session_state
    if link_state.number("moment", -1, -1, frames - 1) < 0:
        kept["moment"] = best
    kept["w_moment"] = kept["moment"]
    st.slider("Frame", 0, frames - 1, key="w_moment", on_change=lambda: kept.update(moment=kept["w_moment"]))
    return kept["moment"]


def _take(place: int) -> None:
    """Show another sample, a clip from its own best frame."""
    st.session_state.update(place=place, moment=-1)
