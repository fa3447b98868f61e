"""What the page "Faces" keeps. Whatever follows from one face belongs to its session alone: it may be a visitor's own.

Arguments that begin with "_" are not part of a key: a sample is known by its digest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from sqexplain.evaluation.face_regions import Occlusion, Survey, occlude, survey
from sqexplain.explanation import Explanation, ForwardPass, read
from sqexplain.faces import AlignedFace, Nudge, align_faces, nudged
from sqexplain.progress import Progress
from sqexplain.sample import Sample
from sqexplain.ui import cache
from sqexplain.ui.cache import HOUR

OWN: dict[str, Any] = {"ttl": HOUR, "show_spinner": False, "scope": "session"}
SMALL = 120  # rows of a picture that a mean face needs; larger ones are thinned out before they are kept


@st.cache_resource(max_entries=12, **OWN)
def reading(model: str, gates: str, digest: str, target: str, layers: bool, _sample: Sample) -> ForwardPass:  # noqa: ARG001
    """Return the one pass over a face for one attribute."""
    return read(cache.classifier(model, gates), _sample, target, layers)


@st.cache_resource(max_entries=12, **OWN)
def explanations(
    model: str, gates: str, digest: str, target: str, methods: tuple[str, ...], layers: bool, _sample: Sample
) -> list[Explanation]:
    """Return the explanations of one attribute by `methods`, from the pass that is kept."""
    return reading(model, gates, digest, target, layers, _sample).explain(methods)


@st.cache_resource(max_entries=12, **OWN)
def occlusions(model: str, gates: str, digest: str, _sample: Sample) -> list[Occlusion]:  # noqa: ARG001
    """Return the output for all attributes when each part is blurred."""
    return occlude(cache.classifier(model, gates), _sample)


@st.cache_resource(max_entries=4, **OWN)
def faces_in(digest: str, _photograph: Sample) -> tuple[AlignedFace, ...]:  # noqa: ARG001
    """Return the faces of a photograph, aligned, the largest first.

    Raises:
        ValueError: there is none that can be used; the message says why.
    """
    return align_faces(_photograph.frames[0])


@st.cache_resource(max_entries=16, **OWN)
def own_face(digest: str, which: int, nudge: Nudge, _photograph: Sample) -> Sample:
    """Return one face of a photograph, aligned and then moved by hand, as a sample."""
    face = nudged(faces_in(digest, _photograph)[which], _photograph.frames[0], nudge)
    return Sample(_photograph.name, face.picture[None])


@st.cache_resource(max_entries=4, ttl=HOUR, show_spinner=False)
def survey_slot(key: str) -> dict:  # noqa: ARG001
    """Return a dict for a survey that is made step by step, 10 to 30 MB: empty until it is finished."""
    return {}


@st.cache_resource(max_entries=12, ttl=HOUR, show_spinner=False)
def answers_slot(key: str) -> dict:  # noqa: ARG001
    """Return a dict for the predictions for many faces, which come step by step."""
    return {}


def survey_steps(
    model: str, gates: str, data: str, attribute: str, methods: Sequence[str], faces: str, limit: int
) -> Iterator[Progress | Survey]:
    """Yield progress, at last what was found over many faces, its pictures thinned out.

    Raises:
        ValueError: no face fits, or the data have no labels of this net.
    """
    for step in survey(cache.classifier(model, gates), cache.dataset(data), attribute, methods, faces, limit):
        yield thin(step) if isinstance(step, Survey) else step


def thin(found: Survey) -> Survey:
    """Return a survey whose pictures and maps have at most about `SMALL` rows."""
    step = -(-found.pictures.shape[1] // SMALL)
    maps = {method: maps[:, ::step, ::step] for method, maps in found.maps.items()}
    return replace(found, pictures=found.pictures[:, ::step, ::step], maps=maps)
