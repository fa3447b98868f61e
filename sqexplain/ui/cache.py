"""Everything that is kept between runs and shared between visitors: bounded, keyed by names and digests, read-only.

Arguments that begin with "_" are not part of a key: a sample is known by its digest.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import streamlit as st

from sqexplain.classifier import Classifier
from sqexplain.data import DOWNLOADABLE, Dataset, download_archive, open_dataset
from sqexplain.explanation import Explanation, ForwardPass, read
from sqexplain.media import as_uri
from sqexplain.models import MODELS, load_model
from sqexplain.models.finding import find_all
from sqexplain.models.imagenet import TABLE as TORCHVISION
from sqexplain.models.imagenet import downloaded
from sqexplain.models.nets.speech import published
from sqexplain.models.own import downloadable
from sqexplain.models.store import read_card
from sqexplain.prepared.thumbnails import SIDE, stored
from sqexplain.sample import Sample

MINUTE, HOUR = 60, 3600  # seconds; for times as text Streamlit would import pandas
CLIPS = {"talkers": "demo", "ava": "val", "wasd": "val"}  # data sets of clips with the split that is shown
EMPTY = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'%3E%3Crect width='1' height='1' \
fill='%23888' opacity='.2'/%3E%3C/svg%3E"  # where a small picture will be


@st.cache_resource(max_entries=6, show_spinner="Loading the model …")
def classifier(model: str, gates: str) -> Classifier:
    """Return a model, loaded once for everyone."""
    return load_model(model, gates)


@st.cache_resource(ttl=MINUTE, show_spinner=False)
def shipped() -> Mapping[str, list[str]]:
    """Return the gates that weights are here for by model, the default first; the disk is read once a minute."""
    found = {}
    for name, spec in MODELS.items():
        possible = [*spec.gated, "none"] if spec.streams else ["class", "sparse", "paper", "none"]
        here = find_all(name)
        found[name] = [kind for kind in possible if kind in here]
    return found


@st.cache_resource(max_entries=64, ttl=MINUTE, show_spinner=False)
def card(model: str, gates: str) -> Mapping:
    """Return the card of a model: data, licence, recipe, scores; {} where there is none."""
    path = find_all(model).get(gates)
    return read_card(path) if path else {}


def picture_models() -> list[str]:
    """Return the models for any picture: those whose weights are here or that plugins bring, then torchvision's."""
    own = [name for name in MODELS if not MODELS[name].streams and (shipped().get(name) or _registered(name))]
    return [*(name for name in own if MODELS[name].crop != "aligned" and name not in TORCHVISION), *TORCHVISION]


def face_models() -> list[str]:
    """Return the models for aligned faces whose weights are here."""
    return [name for name in MODELS if MODELS[name].crop == "aligned" and shipped().get(name)]


def clip_models() -> list[str]:
    """Return the models for clips."""
    return [name for name, spec in MODELS.items() if spec.streams]


def _registered(name: str) -> bool:
    return MODELS.origin(name) not in ("shipped", "yours")


def kinds(model: str) -> list[str]:
    """Return the gates that a model can be loaded with, the default first."""
    found = shipped().get(model, [])
    bare = not found or ("none" not in found and downloadable(model))  # published weights have no block
    return [*found, "none"] if bare else found


def ready(model: str) -> bool:
    """Say whether the weights of a model are on this machine."""
    here, base = shipped().get(model, []), MODELS[model].architecture
    if {"none", "paper"} & {*here}:
        return True
    return downloaded(base) or published.downloaded(base) if downloadable(base) else bool(here)


def fetched_file(model: str) -> Path | None:
    """Return the file in which the authors' weights of a model are kept once fetched; None where there are none."""
    base = MODELS[model].architecture
    return published.place(base) if base in published.PUBLISHED else None


def fetch(model: str) -> None:
    """Fetch the weights of a model from torchvision or from its authors.

    Raises:
        ValueError: the server cannot be reached, or sent another file.
    """
    if MODELS[model].architecture in TORCHVISION:
        classifier(model, kinds(model)[0])
    else:
        published.fetch_weights(MODELS[model].architecture)


@st.cache_resource(max_entries=8, show_spinner="Opening the data set …")
def dataset(name: str) -> Dataset:
    """Return the split of a data set that the pages show, opened once for everyone.

    Raises:
        ValueError: the data are not on this machine, or their folder does not hold what belongs there.
    """
    return open_dataset(name, CLIPS.get(name, "test"))


def download(name: str) -> Iterator[float]:
    """Fetch a data set; yield the share done."""
    yield from download_archive(DOWNLOADABLE[name])


@st.cache_resource(max_entries=16, show_spinner="Opening the sample …")
def sample(data: str, index: int) -> Sample:
    """Return one sample of a data set; a clip has 5 to 20 MB."""
    return dataset(data)[index]


@st.cache_data(max_entries=64, show_spinner=False)
def thumbnails(data: str, start: int, stop: int) -> list[dict[str, str]]:
    """Return name and small picture of the samples `start` to `stop` of a data set; of one that is damaged none."""
    found = stored(data)[start:stop]
    for index in range(start + len(found), stop):
        try:
            one = sample(data, index)
        except ValueError:
            found.append({"name": f"{index}: damaged", "picture": EMPTY})
        else:
            found.append({"name": one.name, "picture": picture_uri(one.digest, SIDE, one)})
    return found


@st.cache_data(max_entries=64, ttl=HOUR, show_spinner=False)
def picture_uri(digest: str, side: int, _sample: Sample) -> str:  # noqa: ARG001
    """Return a picture, of a clip the one in its middle, as a data URI, its longer side at most `side`."""
    return as_uri(_sample.frames[len(_sample.frames) // 2], side)


@st.cache_resource(max_entries=12, ttl=HOUR, show_spinner="Running the model …")
def reading(model: str, gates: str, digest: str, target: str | None, layers: bool, _sample: Sample) -> ForwardPass:  # noqa: ARG001
    """Return the one pass that serves every method, percentage and picture of a page."""
    return read(classifier(model, gates), _sample, target, layers)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False)
def explanations(
    model: str, gates: str, digest: str, target: str | None, methods: tuple[str, ...], layers: bool, _sample: Sample
) -> list[Explanation]:
    """Return the explanations by `methods`, from the pass that is kept."""
    return reading(model, gates, digest, target, layers, _sample).explain(methods)


@st.cache_resource(max_entries=64, ttl=HOUR, show_spinner=False)
def slot(key: str) -> dict:  # noqa: ARG001
    """Return a dict for what is made step by step, with progress: empty until it is finished."""
    return {}
