"""What the page "Clips" keeps: one pass over a clip and what follows from it, bounded, keyed by names and digests.

Arguments that begin with "_" are not part of a key: a sample is known by its digest.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from sqexplain.explanation import ForwardPass, predict_frames, read
from sqexplain.locations import data_folder
from sqexplain.sample import Sample
from sqexplain.synthetic.talkers import Talkers
from sqexplain.ui import cache
from sqexplain.ui.cache import HOUR

TALKERS = "talkers"


def talkers() -> Talkers:
    """Return the drawn clips to show."""
    return cache.dataset(TALKERS)


def talker(index: int) -> Sample:
    """Return a drawn clip."""
    return cache.sample(TALKERS, index)


def track_sets() -> list[str]:
    """Return the data sets of real tracks whose folder is on this machine."""
    try:
        return [name for name in cache.CLIPS if name != TALKERS and data_folder(name).is_dir()]
    except ValueError:  # SQEXPLAIN_HOME names no folder
        return []


@st.cache_resource(max_entries=3, ttl=HOUR, show_spinner=False)
def reading(model: str, gates: str, digest: str, layers: bool, _sample: Sample) -> ForwardPass:  # noqa: ARG001
    """Return the one pass over a clip; it keeps the maps of every channel of every frame, 25 to 75 MB."""
    return read(cache.classifier(model, gates), _sample, None, layers)


@st.cache_resource(max_entries=6, ttl=HOUR, show_spinner=False)
def kept(key: str, _make: Callable[[], Any]) -> Any:  # noqa: ARG001
    """Return what `_make` makes, once for each key: what the player shows of a clip, 2 to 6 MB."""
    return _make()


@st.cache_resource(max_entries=64, ttl=HOUR, show_spinner=False)
def probabilities(model: str, gates: str, digest: str, _sample: Sample) -> np.ndarray:  # noqa: ARG001
    """Return the probability, in every frame (T,), that the person speaks."""
    return predict_frames(cache.classifier(model, gates), _sample)


@st.cache_resource(max_entries=128, ttl=HOUR, show_spinner=False)
def mean_gates(model: str, gates: str, digest: str, _sample: Sample) -> np.ndarray:  # noqa: ARG001
    """Return the mean of the gates (C,) over the frames of a clip."""
    return read(cache.classifier(model, gates), _sample).gates.mean(0)
