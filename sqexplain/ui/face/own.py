"""A photograph of the visitor's own: taken in, its face found and aligned, moved by hand. It stays in the session."""

from typing import Any

import streamlit as st

from sqexplain.faces import AlignedFace, Nudge, describe
from sqexplain.media import ALLOWED
from sqexplain.sample import Sample, from_bytes
from sqexplain.ui import cache as shared
from sqexplain.ui.face import cache
from sqexplain.ui.page_model import Selection
from sqexplain.ui.sources import UPLOAD, Upload
from sqexplain.ui.strip import strip

KEPT = "face_photograph"  # where the session keeps it
CROP = 96  # pixels of a small crop to choose from
PRIVACY = "It stays in the memory of this session and is never written to disk or logged."
SLIDERS = {  # name: label, lowest, highest, start, step, format, help
    "right": ("Right", -0.3, 0.3, 0.0, 0.01, "%.2f", "Shift of the face, as a share of the picture's width."),
    "down": ("Down", -0.3, 0.3, 0.0, 0.01, "%.2f", "Shift of the face, as a share of the picture's height."),
    "zoom": ("Zoom", 0.6, 1.7, 1.0, 0.01, "%.2f", "Enlargement about the middle between the eyes."),
    "turn": ("Turn", -30.0, 30.0, 0.0, 0.5, "%.1f°", "Degrees clockwise about the middle between the eyes."),
}
HOW = "The eyes are placed as in CelebA, 39 pixels apart in a picture of 178×218."


def there() -> bool:
    """Say whether a usable photograph was given."""
    return KEPT in st.session_state


def _read(data: bytes, name: str) -> None:
    """Keep a photograph in which there is a face; ValueError where it cannot be used, and nothing is lost."""
    photograph = from_bytes(data, name)
    if len(photograph.frames) > 1:
        raise ValueError(f"“{photograph.name}” is a video; choose a photograph, or open the video on the page Clips")
    cache.faces_in(photograph.digest, photograph)
    st.session_state.update({KEPT: photograph, "faces": UPLOAD, "show": "one", "own_face": 0})
    reset()


NOTE = f"{ALLOWED}, at most 20 MB. {PRIVACY}"
PHOTOGRAPH = Upload("face", "Your own", ":material/add_a_photo:", "Photograph", _read, NOTE)


def reset() -> None:
    """Take every move of the crop back."""
    for name, (_, _, _, start, *_) in SLIDERS.items():
        st.session_state[f"nudge_{name}"] = start


def choose() -> Selection:
    """Draw the choice among several faces and the sliders that move the crop; return the face and how it came about."""
    photograph = st.session_state[KEPT]
    faces = cache.faces_in(photograph.digest, photograph)
    which = min(st.session_state.setdefault("own_face", 0), len(faces) - 1)
    if len(faces) > 1:
        st.caption(f"{len(faces)} faces were found; choose one.")
        crops: list[dict[str, Any]] = [
            {"name": place, "picture": shared.as_uri(face.picture, CROP), "number": number}
            for number, (place, face) in enumerate(zip(describe(faces), faces, strict=True))
        ]
        crops.sort(key=lambda crop: faces[crop["number"]].box[1])  # from left to right
        strip(crops, 0, which, len(crops), _choose, key="own_strip", label="Face to explain")
    sample = cache.own_face(photograph.digest, which, _move(), photograph)
    return Selection(sample, notes=(description(faces[which], photograph),))


def description(face: AlignedFace, photograph: Sample) -> str:
    """Return how a face was found and aligned."""
    height, width = photograph.frames.shape[1:3]
    how = f"{' '.join(face.notes)} {HOW}" if face.found != "template" else " ".join(face.notes)
    return f"“{photograph.name}”, {width}×{height} pixels. {how} {PRIVACY}"


def nudge() -> Nudge:
    """Return how the crop was moved by hand."""
    return Nudge(**{name: st.session_state.get(f"nudge_{name}", one[3]) for name, one in SLIDERS.items()})


def _choose(number: int) -> None:
    st.session_state["own_face"] = number
    reset()


def _move() -> Nudge:
    """Draw the sliders; return where they stand."""
    moved = nudge() != Nudge()
    place = st.expander("Move the crop by hand" + (" (moved)" if moved else ""), key="face_move")
    columns = place.columns([1, 1, 1, 1, 0.7], vertical_alignment="bottom")
    for column, (name, (label, low, high, start, step, form, help_)) in zip(columns, SLIDERS.items(), strict=False):
        key = f"nudge_{name}"
        st.session_state[f"w_{key}"] = st.session_state.setdefault(key, start)
        column.slider(
            label, low, high, step=step, format=form, help=help_, key=f"w_{key}", on_change=_moved, args=(key,)
        )
    columns[-1].button("Reset", icon=":material/restart_alt:", on_click=reset, width="stretch")
    return nudge()


def _moved(key: str) -> None:
    st.session_state[key] = st.session_state[f"w_{key}"]
