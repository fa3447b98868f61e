"""Everything that is kept between runs and shared between visitors: bounded, keyed by names and digests, read-only.

Arguments that begin with "_" are not part of a key: a sample is known by its digest.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import streamlit as st

from sqexplain.classifier import Classifier
from sqexplain.data import DOWNLOADABLE, Dataset, download_archive, open_dataset
from sqexplain.evaluation.ablation import Ablation, ablate
from sqexplain.explanation import Explanation, Reading, influence, read, score_frames
from sqexplain.faces import Footage, find_people
from sqexplain.gates import KINDS
from sqexplain.media import encode_jpeg, encode_png, home, shrink
from sqexplain.models import MODELS, load_model
from sqexplain.models.imagenet import TABLE as PUBLISHED
from sqexplain.models.imagenet import downloaded
from sqexplain.models.nets.speech.published import PUBLISHED as FOREIGN
from sqexplain.models.nets.speech.published import downloaded as fetched
from sqexplain.models.nets.speech.published import fetch_weights, place
from sqexplain.models.store import weights_path
from sqexplain.progress import Progress
from sqexplain.sample import Sample
from sqexplain.synthetic.talkers import Scene, Talkers

THUMBNAIL = 96  # pixels of the longer side
SMALL = 128  # a picture of few pixels is sent without loss


@st.cache_resource(max_entries=6, show_spinner="Loading the model …")
def classifier(model: str, gates: str) -> Classifier:
    """Return a model, loaded once for everyone."""
    return load_model(model, gates)


def card(model: str, gates: str) -> Mapping:
    """Return the card of a model: data, licence, recipe, scores."""
    return classifier(model, gates).card


def kinds(model: str) -> list[str]:
    """Return the gates that a model can be loaded with, the default first."""
    found = [kind for kind in ("class", "sparse", "paper", "none") if weights_path(model, kind).exists()]
    return found or ["none"]


def shipped() -> list[str]:
    """Return the models for pictures whose weights are here, then those whose weights have to be fetched.

    Those for aligned faces are left out: they are at home on a page of their own.
    """
    pictures = [name for name, spec in MODELS.items() if not spec.streams and spec.crop != "aligned"]
    here = [name for name in pictures if any(weights_path(name, kind).exists() for kind in KINDS)]
    return here + list(PUBLISHED)


def ready(model: str) -> bool:
    """Say whether the weights of a model are on this machine."""
    return model not in PUBLISHED or downloaded(model)


@st.cache_resource(max_entries=6, show_spinner="Opening the data set …")
def dataset(name: str) -> Dataset:
    """Return a data set, opened once for everyone."""
    return open_dataset(name)


def download(name: str) -> Iterator[float]:
    """Fetch a data set of CIFAR; yield the share done."""
    yield from download_archive(DOWNLOADABLE[name])


@st.cache_resource(max_entries=64, show_spinner=False)
def sample(data: str, index: int) -> Sample:
    """Return one sample of a data set."""
    return dataset(data)[index]


@st.cache_resource(max_entries=24, ttl="1h", show_spinner="Running the net …")
def reading(model: str, gates: str, digest: str, target: str | None, layers: bool, _sample: Sample) -> Reading:  # noqa: ARG001
    """Return the one pass that serves every method, percentage and picture of a page."""
    return read(classifier(model, gates), _sample, target, layers)


@st.cache_resource(max_entries=48, ttl="1h", show_spinner=False)
def explanations(
    model: str,
    gates: str,
    digest: str,
    target: str | None,
    methods: tuple[str, ...],
    _sample: Sample,
) -> list[Explanation]:
    """Return the explanations by `methods`, from the pass that is kept."""
    layers = any(method.startswith("fullgrad") for method in methods)
    return reading(model, gates, digest, target, layers, _sample).explain(methods)


@st.cache_data(max_entries=64, ttl="1h", show_spinner=False)
def picture_uri(digest: str, side: int, _sample: Sample) -> str:  # noqa: ARG001
    """Return the first frame as a data URI that a browser can show, its longer side at most `side`."""
    return as_uri(_sample.frames[0], side)


def as_uri(picture: np.ndarray, side: int) -> str:
    """Return a picture (H, W, 3) as a data URI, its longer side at most `side`; one of few pixels without loss."""
    picture = shrink(picture, side)
    small = max(picture.shape) <= SMALL
    data = encode_png(picture) if small else encode_jpeg(picture, 92)
    return f"data:image/{'png' if small else 'jpeg'};base64,{base64.b64encode(data).decode()}"


@st.cache_data(max_entries=64, show_spinner=False)
def thumbnails(data: str, start: int, stop: int) -> list[dict[str, str]]:
    """Return name and small picture of the samples `start` to `stop` of a data set."""
    found = (sample(data, index) for index in range(start, stop))
    return [{"name": one.name, "picture": picture_uri(one.digest, THUMBNAIL, one)} for one in found]


def speakers() -> list[str]:
    """Return the models for clips."""
    return [name for name, spec in MODELS.items() if spec.streams]


@st.cache_resource(max_entries=3, ttl="1h", show_spinner=False)
def clip_reading(model: str, gates: str, digest: str, layers: bool, _sample: Sample) -> Reading:  # noqa: ARG001
    """Return the one pass over a clip; it keeps the maps of every channel of every frame, 25 to 75 MB."""
    return read(classifier(model, gates), _sample, None, layers)


@st.cache_resource(max_entries=8, ttl="1h", show_spinner=False)
def kept(key: str, _make: Callable[[], object]) -> object:  # noqa: ARG001
    """Return what `_make` makes, once for each key: what the player shows of a clip, 2 to 6 MB."""
    return _make()


@st.cache_resource(max_entries=64, ttl="1h", show_spinner=False)
def clip_chances(model: str, gates: str, digest: str, _sample: Sample) -> np.ndarray:  # noqa: ARG001
    """Return how likely it is, in every frame (T,), that the person speaks."""
    return score_frames(classifier(model, gates), _sample)


@st.cache_resource(max_entries=128, ttl="1h", show_spinner=False)
def mean_gates(model: str, gates: str, digest: str, _sample: Sample) -> np.ndarray:  # noqa: ARG001
    """Return the mean of the gates (C,) over the frames of a clip."""
    return read(classifier(model, gates), _sample).gates.mean(0)


def ablations(model: str, gates: str, sample: Sample, other: Sample) -> Iterator[Ablation]:
    """Yield what the net says to the clip, then to each changed form of it; the sound of `other` is swapped in."""
    yield from ablate(classifier(model, gates), sample, other)


def influence_of(model: str, gates: str, found: Reading) -> np.ndarray:
    """Return (T, T): row t holds what each frame added to the answer for frame t."""
    return influence(classifier(model, gates), found)


@st.cache_resource(max_entries=64, ttl="1h", show_spinner=False)
def slot(key: str) -> dict:  # noqa: ARG001
    """Return a dict for what is made step by step, with progress: empty until it is finished."""
    return {}


EMPTY = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'%3E%3Crect width='1' height='1' \
fill='%23888' opacity='.2'/%3E%3C/svg%3E"  # where a small picture will be


@st.cache_resource(show_spinner=False)
def talkers() -> Talkers:
    """Return the drawn clips to show."""
    return Talkers("demo")


@st.cache_resource(max_entries=12, show_spinner="Drawing the clip …")
def clip(index: int) -> Sample:
    """Return a drawn clip."""
    return talkers()[index]


def scene(index: int) -> Scene:
    """Return the whole picture of a drawn clip."""
    return talkers().scene(index)


def face_uri(index: int) -> str:
    """Return a frame from the middle of a drawn clip, small."""
    frames = clip(index).frames
    data = encode_jpeg(shrink(frames[len(frames) // 2], THUMBNAIL), 88)
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"


def track_sets() -> list[str]:
    """Return the data sets of real tracks whose folder is on this machine."""
    return [name for name in ("ava", "wasd") if home(name, None).is_dir()]


@st.cache_resource(max_entries=2, show_spinner="Reading the tables …")
def tracks(name: str) -> Dataset:
    """Return the validation tracks of AVA or WASD.

    Raises:
        ValueError: the folder does not hold what belongs there.
    """
    return open_dataset(name, "val")


@st.cache_resource(max_entries=24, show_spinner="Reading the pictures …")
def track(name: str, index: int) -> Sample:
    """Return one track of AVA or WASD."""
    return tracks(name)[index]


@st.cache_data(max_entries=64, show_spinner=False)
def track_thumbnails(name: str, start: int, stop: int) -> list[dict[str, str]]:
    """Return name and small picture of some tracks; one that cannot be read has an empty picture."""
    found = []
    for index in range(start, stop):
        try:
            one = track(name, index)
        except ValueError:
            found.append({"name": f"{index}: damaged", "picture": EMPTY})
        else:
            found.append({"name": one.name, "picture": picture_uri(one.digest, THUMBNAIL, one)})
    return found


def people(data: bytes, name: str) -> Iterator[Progress | Footage]:
    """Yield progress, at last the people in the bytes of a video file."""
    yield from find_people(data, name)


def clip_kinds(model: str) -> list[str]:
    """Return the gates that a model for clips can be loaded with, the default first."""
    gated = [*MODELS[model].gated, "none"]
    bare = model in FOREIGN  # its net comes without a block
    return [kind for kind in gated if weights_path(model, kind).exists() or (bare and kind == "none")] or gated[-1:]


def clip_ready(model: str) -> bool:
    """Say whether the weights of a model for clips are on this machine."""
    shipped_here = any(weights_path(model, kind).exists() for kind in ("none", "paper"))
    return shipped_here or fetched(model)


def obtainable(model: str) -> bool:
    """Say whether the weights of a model for clips can be fetched."""
    return model in FOREIGN


def keeping_place(model: str) -> Path:
    """Return the file in which fetched weights of a model are kept."""
    return place(model)


def obtain(model: str) -> None:
    """Fetch the published weights of a model.

    Raises:
        ValueError: the server cannot be reached, or sent another file.
    """
    fetch_weights(model)
