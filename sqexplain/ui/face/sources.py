"""Which face is looked at: one of a data set, from the strip, or the visitor's own photograph, in `own`."""

from contextlib import suppress

import streamlit as st

from sqexplain.data import DATASETS
from sqexplain.locations import data_folder
from sqexplain.models import MODELS
from sqexplain.sample import Sample
from sqexplain.ui import cache, sources
from sqexplain.ui.face import choices, own
from sqexplain.ui.page_model import Selection

SOURCES = {"drawn-faces": "Drawn faces", "celeba": "CelebA", sources.UPLOAD: "Your photograph"}
FIRST = 2  # a drawn face with glasses, a hat and a smile
DOWNLOAD_HELP = "From the server of its authors, as torchvision does; needs the package gdown. The daily quota is low."
HOW_TO_GET = """[CelebA](https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html) is free for **non-commercial research** and
distributed by its authors. Put a folder of one of these forms (or a link to one) at `{folder}`:

```
img_align_celeba/   list_attr_celeba.txt   list_eval_partition.txt
images/             attributes.csv                 (a part of the set)
```"""
DRAWN_NET = "This model was trained on drawn faces only; its predictions for photographs mean little."
PHOTOGRAPH_NET = "This model was trained on photographs; its probabilities are not calibrated for drawn faces."


def source() -> str:
    """Return whose faces are shown."""
    return sources.source("faces", SOURCES, own.there())


def draw_source() -> None:
    """Draw the choice of the faces, and the field for a photograph of one's own."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        sources.draw_source("Faces", "faces", SOURCES, own.there())
    with right:
        own.PHOTOGRAPH.offer()


def choose_face(chosen: str) -> Selection | None:
    """Draw the strip of a data set or what belongs to one's own photograph; return the face, None without one."""
    if chosen == sources.UPLOAD:
        return own.choose()
    if not available(chosen):
        return None
    found = sources.browse(chosen, "face", FIRST, label="Face to explain")
    return Selection(found.sample, found.source, truth=truth(found.sample, chosen))


def available(data: str) -> bool:
    """Say whether a data set is on this machine; where it is not, say how to get it and what to do meanwhile."""
    try:
        cache.dataset(data)
    except ValueError as error:
        st.info(f"{SOURCES[data]} is not on this machine, or cannot be read.", icon=":material/info:")
        with suppress(ValueError):  # SQEXPLAIN_HOME names no folder, as the error says
            st.markdown(HOW_TO_GET.format(folder=data_folder(data)))
        st.caption(str(error))
        st.button("Back to the drawn faces", icon=":material/arrow_back:", on_click=_back)
        sources.download(data, SOURCES[data], "Download CelebA (1.4 GB)", help=DOWNLOAD_HELP)
        return False
    return True


def _back() -> None:
    st.session_state.update(faces="drawn-faces", face=0)
    if fitting := choices.fitting_model("drawn-faces"):
        st.session_state[choices.NET.model] = fitting


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
    sources.warn(DRAWN_NET if drawn else PHOTOGRAPH_NET, choices.NET.model, choices.fitting_model(chosen))
