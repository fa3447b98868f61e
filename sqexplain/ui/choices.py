"""The choices of a page: model, gates, picture, class, methods; every one is part of the link."""

import streamlit as st

from sqexplain.media import ALLOWED, SUFFIXES
from sqexplain.methods import METHODS
from sqexplain.models import MODELS
from sqexplain.models.store import read_card, weights_path
from sqexplain.sample import Sample, from_bytes
from sqexplain.ui import cache, link_state
from sqexplain.ui.strip import strip
from sqexplain.ui.viewer_data import facts

DATA = {
    "photographs": "Photographs",
    "scenes": "Drawn scenes",
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
}
UPLOAD = "upload"
STRIP = 12
MAX_MB = 20
GATES = {
    "class": "class",
    "sparse": "sparse",
    "paper": "paper",
    "none": "none",
}
GATES_HELP = """The Squeeze-and-Excitation block gives each channel a gate between 0 and 1.
- **class**: net frozen, one gate vector for each class, the decision is untouched
- **sparse**: net frozen, the block closes as many gates as it can without changing the answer
- **paper**: the block learns together with the whole net, as published
- **none**: no block"""
PREDICTED = "predicted class"
SE_METHODS = ("se", "se_class")
ENLARGE = ("bilinear", "bicubic")
ENLARGE_HELP = "How the few cells of the map become the pixels of the picture; the paper's code takes bicubic."
TAKEN = ("after scaling", "before scaling")
TAKEN_HELP = "The maps as the SE block scaled them, as the paper does, or before. Class gates scale nothing."
# what the link carries of them
CHOICES = ("model", "gates", "data", "item", "target", "methods", "controls", "enlarge", "taken")
DEFAULT = ("se", "gradcam", "gradcam++", "eigengradcam", "fullgrad")


def choose_model() -> tuple[str, str]:
    """Draw the choice of model and gates in the left bar; return both."""
    models = cache.shipped()
    model = link_state.choose(
        st.selectbox, "Model", "model", models, format_func=lambda name: MODELS[name].title or name
    )
    kinds = cache.kinds(model)
    gates = link_state.choose(st.pills, "Gates", "gates", kinds, help=GATES_HELP, required=True, format_func=GATES.get)
    if (path := weights_path(model, gates)).exists() and (told := facts(read_card(path))):
        st.caption(told)
    return model, gates


def choose_target(model: str) -> str | None:
    """Draw the choice of the class to explain; None means the predicted one."""
    classes = [PREDICTED, *MODELS[model].classes]
    told = "Class-specific maps answer: what speaks for this class? Class-agnostic maps stay as they are."
    target = link_state.choose(st.selectbox, "Class to explain", "target", classes, PREDICTED, help=told)
    return None if target == PREDICTED else target


def choose_methods(
    gates: str, name: str = "methods", switch: str = "controls", default: tuple[str, ...] = DEFAULT
) -> tuple[str, ...]:
    """Draw the choice of methods, with the controls one switch away; return their names in the order of METHODS.

    `name` and `switch` are what the link calls the two choices.
    """
    possible = [one for one, kind in METHODS.items() if gates != "none" or "gates" not in kind.needs]
    plain = [one for one in possible if not METHODS[one].control]
    told = "\n".join(f"- **{METHODS[one].title}**: {METHODS[one].summary}" for one in plain)
    chosen = link_state.choose_some(
        st.pills, "Methods", name, plain, default, help=told, format_func=lambda one: METHODS[one].title
    )
    controls = [one for one in possible if METHODS[one].control and not METHODS[one].peaked]
    told = "\n".join(f"- **{METHODS[one].title}**: {METHODS[one].summary}" for one in controls)
    told += "\n\nWhere a control draws the same map, the gates have added nothing."
    chosen = [*chosen, *(controls if link_state.switch("Controls beside them", switch, help=told) else ())]
    return _refine(chosen) if set(SE_METHODS) & set(chosen) else tuple(chosen)


def _refine(chosen: list[str]) -> tuple[str, ...]:
    """Draw the rarer settings of the SE maps; return the methods, those of SE in text form where they were changed."""
    with st.expander("More"):
        enlarge = link_state.choose(st.selectbox, "SE maps enlarged", "enlarge", ENLARGE, help=ENLARGE_HELP)
        maps = link_state.choose(st.selectbox, "SE maps taken", "taken", TAKEN, help=TAKEN_HELP)
    if (enlarge, maps) == (ENLARGE[0], TAKEN[0]):
        return tuple(chosen)
    changes = {"interpolation": enlarge, "scaled": maps == TAKEN[0]}
    return tuple(METHODS[name](**changes).text if name in SE_METHODS else name for name in chosen)


def choose_sample() -> tuple[Sample | None, tuple[str, int] | None]:
    """Draw data set, strip of pictures and upload; return the sample and where it comes from, None for an upload."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    uploaded = st.session_state.get(UPLOAD)
    data = link_state.option("data", [*DATA, UPLOAD])
    if data == UPLOAD and uploaded is None:
        st.toast("An uploaded picture cannot travel in a link; add it again.", icon=":material/info:")
        data = st.session_state["data"] = next(iter(DATA))
    with right:
        _choose_data(data)
        _choose_own()
    with left:
        if data != UPLOAD:
            return _choose_from(data)
        height, width = uploaded.frames.shape[1:3]
        st.caption(f"Your picture, {width}×{height} pixels. It stays in the memory of this session, not in the link.")
        return uploaded, None


def _choose_data(data: str) -> None:
    names = [*DATA, UPLOAD] if UPLOAD in st.session_state else [*DATA]
    titles = DATA | {UPLOAD: "Your picture"}
    link_state.choose(
        st.selectbox, "Pictures", "data", names, data, format_func=titles.get, label_visibility="collapsed"
    )


def _choose_own() -> None:
    with st.popover("Your own", icon=":material/add_photo_alternate:", width="stretch"):
        st.caption(f"{ALLOWED}, at most {MAX_MB} MB. The picture stays in the memory of this session.")
        kinds = [suffix.removeprefix(".") for suffix in SUFFIXES]
        st.file_uploader("Picture file", kinds, key="file", max_upload_size=MAX_MB, on_change=_take, args=("file",))
        if st.toggle("Use the camera", key="use_camera"):
            st.camera_input("Take a picture", key="camera", on_change=_take, args=("camera",))
        if trouble := st.session_state.get("trouble"):
            st.error(trouble)


def _take(key: str) -> None:
    """Read what was uploaded; what cannot be read is told in one sentence."""
    file = st.session_state[key]
    st.session_state.pop("trouble", None)
    if file is None:
        return
    try:
        st.session_state[UPLOAD] = from_bytes(file.getvalue(), file.name)
        st.session_state["data"] = UPLOAD
    except ValueError as error:
        st.session_state["trouble"] = str(error)


def _choose_from(data: str) -> tuple[Sample | None, tuple[str, int] | None]:
    try:
        total = len(cache.dataset(data))
    except ValueError as error:
        _offer_download(data, error)
        return None, None
    index = link_state.number("item", 0, 0, total - 1)
    start = index // STRIP * STRIP
    pictures = cache.thumbnails(data, start, min(total, start + STRIP))
    strip(pictures, start, index, total, lambda number: st.session_state.__setitem__("item", number))
    return cache.sample(data, index), (data, index)


def _offer_download(data: str, error: ValueError) -> None:
    """Say that a data set is not here and fetch it when asked to."""
    title = DATA[data]
    st.info(f"{title} is not on this machine yet. It is downloaded once, when you ask for it.", icon=":material/info:")
    with st.expander("Use a copy of your own instead"):
        st.write(str(error))
    if st.button(f"Download {title} (about 170 MB)", icon=":material/download:"):
        bar = st.progress(0.0, f"Downloading {title} …")
        try:
            for share in cache.download(data):
                bar.progress(share, f"Downloading {title}: {share:.0%}")
        except ValueError as trouble:
            st.error(str(trouble), icon=":material/error:")
        else:
            st.rerun()
