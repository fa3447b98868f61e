"""Which face is looked at: one of a data set, from the strip, or the visitor's own photograph, in `own`."""

from dataclasses import dataclass

import streamlit as st

from sqexplain.data import DATASETS
from sqexplain.models import MODELS
from sqexplain.sample import Sample
from sqexplain.ui import cache, link_state
from sqexplain.ui.face import choices, own
from sqexplain.ui.strip import strip

SOURCES = {"drawn-faces": "Drawn faces", "celeba": "CelebA", own.UPLOAD: "Your photograph"}
STRIP = 12
FIRST = 2  # a drawn face with glasses, a hat and a smile
DOWNLOAD_HELP = "From where its authors keep it, as torchvision does: needs the package gdown; few visitors a day."
HOW_TO_GET = """[CelebA](https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html) is free for **non-commercial research**;
its authors hand it out, we do not. Put a folder of one of these forms (or a link to one) at `{root}`:

```
img_align_celeba/   list_attr_celeba.txt   list_eval_partition.txt
images/             attributes.csv                 (a part of the set)
```"""
DRAWN_NET = "This net has learnt from drawn faces alone: its answers to photographs mean little."
PHOTOGRAPH_NET = (
    "This net has learnt from photographs: drawn faces differ, so its probabilities are not calibrated here."
)


@dataclass(frozen=True)
class Picked:
    """A face; `source` is data set and number, None for the visitor's own; `truth` what is known to be there."""

    sample: Sample
    source: tuple[str, int] | None
    truth: dict[str, bool]
    notes: tuple[str, ...] = ()


def source() -> str:
    """Return whose faces are shown; a photograph of one's own cannot come from a link."""
    chosen = link_state.option("faces", list(SOURCES))
    if chosen == own.UPLOAD and not own.there():
        st.toast("A photograph of your own cannot travel in a link; add it again.", icon=":material/info:")
        chosen = st.session_state["faces"] = next(iter(SOURCES))
    return chosen


def choose_source(chosen: str) -> None:
    """Draw the choice of the faces, and the field for a photograph of one's own."""
    left, right = st.columns(2, vertical_alignment="bottom")
    names = [name for name in SOURCES if name != own.UPLOAD or own.there()]
    with left:
        link_state.choose(
            st.selectbox, "Faces", "faces", names, chosen, format_func=SOURCES.get, label_visibility="collapsed"
        )
    with right:
        own.offer()


def choose_face(chosen: str) -> Picked | None:
    """Draw the strip of a data set or what belongs to one's own photograph; return the face, None without one."""
    if chosen == own.UPLOAD:
        sample, notes = own.choose()
        return Picked(sample, None, {}, notes)
    if not available(chosen):
        return None
    total = len(cache.dataset(chosen))
    index = link_state.number("face", min(FIRST, total - 1), 0, total - 1)
    start = index // STRIP * STRIP
    pictures = cache.thumbnails(chosen, start, min(total, start + STRIP))
    short = [one | {"name": one["name"].rpartition("/")[2]} for one in pictures]
    strip(short, start, index, total, go_to, label="Face to explain")
    sample = cache.sample(chosen, index)
    return Picked(sample, (chosen, index), truth(sample, chosen))


def go_to(number: int) -> None:
    """Show another face of the data set."""
    st.session_state["face"] = number


def available(data: str) -> bool:
    """Say whether a data set is on this machine; where it is not, tell how to get it and what to do meanwhile."""
    try:
        cache.dataset(data)
    except ValueError as error:
        st.info(f"{SOURCES[data]} is not on this machine, or cannot be read.", icon=":material/info:")
        st.markdown(HOW_TO_GET.format(root="~/.cache/sqexplain/celeba"))
        st.caption(str(error))
        row = st.container(horizontal=True)
        row.button("Back to the drawn faces", icon=":material/arrow_back:", on_click=_back)
        if row.button("Try to download it (1.4 GB)", icon=":material/download:", help=DOWNLOAD_HELP):
            _download(data)
        return False
    return True


def _download(data: str) -> None:
    """Fetch a data set as torchvision does; say in a sentence what went wrong."""
    try:
        with st.spinner(f"Downloading {SOURCES[data]}; this takes minutes …", show_time=True):
            for _ in cache.download(data):
                pass
    except ValueError as trouble:
        st.error(str(trouble), icon=":material/error:")
    else:
        st.rerun()


def _back() -> None:
    st.session_state.update(faces="drawn-faces", face=0)
    if fitting := choices.fitting_model("drawn-faces"):
        st.session_state["face_model"] = fitting


def truth(sample: Sample, data: str) -> dict[str, bool]:
    """Return by attribute whether it is labelled as there; {} where nothing is known."""
    if sample.labels is None or sample.labels.ndim != 2:
        return {}
    return {
        name: bool(label) for name, label in zip(DATASETS[data].classes, sample.labels[0], strict=True) if label >= 0
    }


def advise(model: str, chosen: str) -> None:
    """Say so where net and faces do not belong together, and offer the net that fits."""
    drawn = MODELS[model].data == "drawn-faces"
    if drawn == (chosen == "drawn-faces"):
        return
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.warning(DRAWN_NET if drawn else PHOTOGRAPH_NET, icon=":material/warning:")
    if fitting := choices.fitting_model(chosen):
        title = MODELS[fitting].title
        right.button(f"Use {title}", width="stretch", on_click=lambda: st.session_state.update(face_model=fitting))
