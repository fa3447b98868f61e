"""What the page "Paper" keeps: its tables, and how the maps of a few samples compare."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from sqexplain.data.photographs import ASTRONAUT, locate
from sqexplain.explanation import explain
from sqexplain.faces import align_faces
from sqexplain.figures.accuracy import accuracy_table
from sqexplain.figures.measured import measured
from sqexplain.figures.table import Table
from sqexplain.metrics.agreement import rank_correlation
from sqexplain.metrics.localisation import mass_over_area, mean_interval
from sqexplain.models.store import list_cards
from sqexplain.sample import Sample, from_file
from sqexplain.ui import cache
from sqexplain.ui.cache import MINUTE
from sqexplain.ui.page_model import seen

GRADIENT = ("gradcam", "gradcam++", "eigengradcam", "fullgrad")  # the methods of the paper's figure 5
PLACES = 48  # in each direction, at which maps are compared
SCENES = 60  # drawn scenes, whose evidence is known


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


@st.cache_resource(show_spinner="Comparing maps on the photographs …")
def agreement(model: str, gates: str) -> Mapping[str, float]:
    """Return the rank correlation of the SE map with each gradient map and the plain mean, over all photographs."""
    methods = ("se", *GRADIENT, "mean")
    found = []
    for index in range(len(cache.dataset("photographs"))):
        sample = cache.sample("photographs", index)
        maps = explain(cache.classifier(model, gates), sample, methods)
        found.append(rank_correlation(np.stack([seen(one, PLACES) for one in maps]))[0])  # (M,)
    return dict(zip(methods[1:], np.nanmean(found, 0)[1:].tolist(), strict=True)) | {"samples": len(found)}


@st.cache_resource(show_spinner="Comparing maps on drawn scenes …")
def localisation(gates: str) -> Mapping[str, tuple[float, float]]:
    """Return mass over area on drawn scenes of SE, GradCAM and of SE minus GradCAM: means with half an interval."""
    samples = [cache.sample("scenes", index) for index in range(SCENES)]
    found = explain(cache.classifier("scenes-resnet", gates), samples, ("se", "gradcam"))
    masses = np.array(
        [
            [mass_over_area(one.heatmaps[0], sample.mask[0]) for one in pair]
            for sample, pair in zip(samples, found, strict=True)
        ]
    )  # (SCENES, 2)
    pairs = {"se": masses[:, 0], "gradcam": masses[:, 1], "difference": masses[:, 0] - masses[:, 1]}
    return {name: mean_interval(values) for name, values in pairs.items()}
