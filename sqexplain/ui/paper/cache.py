"""What the page "Paper" keeps: its tables, and how the maps of a few samples compare."""

from collections.abc import Mapping

import streamlit as st

from sqexplain.data.photographs import ASTRONAUT, locate
from sqexplain.faces import align_faces
from sqexplain.figures.accuracy import accuracy_table
from sqexplain.figures.measured import measured
from sqexplain.figures.table import Table
from sqexplain.models.store import list_cards
from sqexplain.prepared import comparisons, stored
from sqexplain.sample import Sample, from_file
from sqexplain.ui import cache
from sqexplain.ui.cache import MINUTE


@st.cache_resource(max_entries=8, ttl=10 * MINUTE, show_spinner=False)
def table(name: str) -> Table | None:
    """Return the table that was measured for the weights we ship, None where there is none."""
    return measured(name)


@st.cache_resource(ttl=10 * MINUTE, show_spinner=False)
def accuracies() -> Table:
    """Return the table of accuracy with and without SE, made from the cards of all models."""
    return accuracy_table()


@st.cache_resource(ttl=10 * MINUTE, show_spinner=False)
def cards() -> list[dict]:
    """Return the cards of the weights we ship."""
    return list_cards()


@st.cache_resource(show_spinner=False)
def face() -> Sample:
    """Return the face of a photograph that comes with scikit-image, aligned as models for faces expect it."""
    photograph = from_file(locate(ASTRONAUT))
    return Sample("astronaut", align_faces(photograph.frames[0])[0].picture[None])


@st.cache_resource(max_entries=8, show_spinner="Comparing maps on the photographs …")
def agreement(model: str, gates: str) -> Mapping[str, float]:
    """Return the rank correlation of the SE map with each gradient map and the plain mean, over all photographs."""
    return stored("agreement", _digest(model, gates)) or comparisons.agreement(cache.classifier(model, gates))


@st.cache_resource(max_entries=8, show_spinner="Comparing maps on drawn scenes …")
def localisation(model: str, gates: str) -> Mapping[str, tuple[float, float]]:
    """Return mass over area on drawn scenes of SE, GradCAM and of SE minus GradCAM: means with half an interval."""
    return stored("localisation", _digest(model, gates)) or comparisons.localisation(cache.classifier(model, gates))


def _digest(model: str, gates: str) -> str:
    return cache.card(model, gates).get("sha256", "")
