"""A photograph of the visitor's own: taken in, its face found and aligned, moved by hand. It stays in the session."""

import streamlit as st

from sqexplain.faces import AlignedFace, Nudge, describe
from sqexplain.media import ALLOWED, SUFFIXES
from sqexplain.sample import Sample, from_bytes
from sqexplain.ui import cache as shared
from sqexplain.ui.face import cache
from sqexplain.ui.strip import strip

UPLOAD = "upload"
PHOTOGRAPH, TROUBLE = "face_photograph", "face_trouble"
MAX_MB = 20
CROP = 96  # pixels of a small crop to choose from
PRIVACY = "It stays in the memory of this session and is never written to disk or logged."
SLIDERS = {  # name: label, lowest, highest, start, step, format, help
    "right": ("Right", -0.3, 0.3, 0.0, 0.01, "%.2f", "Shift of the face, as a share of the picture's width."),
    "down": ("Down", -0.3, 0.3, 0.0, 0.01, "%.2f", "Shift of the face, as a share of the picture's height."),
    "zoom": ("Zoom", 0.6, 1.7, 1.0, 0.01, "%.2f", "Enlargement about the middle between the eyes."),
    "turn": ("Turn", -30.0, 30.0, 0.0, 0.5, "%.1f°", "Degrees clockwise about the middle between the eyes."),
}
HOW = "The eyes are put where CelebA has them: 39 pixels apart in a picture of 178×218."


def there() -> bool:
    """Say whether a usable photograph was given."""
    return PHOTOGRAPH in st.session_state


def offer() -> None:
    """Draw the field for a photograph, from a file or the camera, and what was wrong with the last one."""
    turn = st.session_state.setdefault("own_turn", 0)  # after each photograph a fresh popover, which is closed
    with st.popover("Your own", icon=":material/add_a_photo:", width="stretch", key=f"own_face_{turn}"):
        st.caption(f"{ALLOWED}, at most {MAX_MB} MB. {PRIVACY}")
        kinds = [suffix.removeprefix(".") for suffix in SUFFIXES]
        key = f"face_file_{turn}"
        st.file_uploader("Photograph", kinds, key=key, max_upload_size=MAX_MB, on_change=_take, args=(key,))
        if st.toggle("Use the camera", key="face_camera_on"):
            key = f"face_camera_{turn}"
            st.camera_input("Take a photograph", key=key, on_change=_take, args=(key,))


def trouble() -> None:
    """Say what was wrong with the last photograph; what was shown before is shown still."""
    if told := st.session_state.get(TROUBLE):
        st.error(told, icon=":material/error:")


def _take(key: str) -> None:
    """Read a photograph and look for faces; what cannot be used is told in a sentence, and nothing is lost."""
    state, file = st.session_state, st.session_state[key]
    state.pop(TROUBLE, None)
    if file is None:
        return
    state["own_turn"] += 1
    try:
        photograph = from_bytes(file.getvalue(), file.name)
        if len(photograph.frames) > 1:
            raise ValueError(f"“{photograph.name}” is a video; give a photograph, or take it to the page Clips")
        cache.faces_in(photograph.digest, photograph)
    except ValueError as error:
        state[TROUBLE] = f"{str(error)[:1].upper()}{str(error)[1:]}."
        return
    state.update({PHOTOGRAPH: photograph, "faces": UPLOAD, "show": "one", "own_face": 0})
    reset()


def reset() -> None:
    """Take every move of the crop back."""
    for name, (_, _, _, start, *_) in SLIDERS.items():
        st.session_state[f"nudge_{name}"] = start


def choose() -> tuple[Sample, tuple[str, ...]]:
    """Draw the choice among several faces and the sliders that move the crop; return the face and how it came about."""
    photograph = st.session_state[PHOTOGRAPH]
    faces = cache.faces_in(photograph.digest, photograph)
    which = min(st.session_state.setdefault("own_face", 0), len(faces) - 1)
    if len(faces) > 1:
        st.caption(f"{len(faces)} faces were found: choose one.")
        crops = [
            {"name": place, "picture": shared.as_uri(face.picture, CROP), "number": number}
            for number, (place, face) in enumerate(zip(describe(faces), faces, strict=True))
        ]
        crops.sort(key=lambda crop: faces[crop["number"]].box[1])  # from left to right
        strip(crops, 0, which, len(crops), _choose, key="own_strip", label="Face to explain")
    nudge = _move()
    sample = cache.own_face(photograph.digest, which, nudge, photograph)
    return sample, told(faces[which], photograph)


def told(face: AlignedFace, photograph: Sample) -> tuple[str, ...]:
    """Return how a face was found and aligned."""
    height, width = photograph.frames.shape[1:3]
    how = f"{' '.join(face.notes)} {HOW}" if face.found != "template" else " ".join(face.notes)
    return (f"“{photograph.name}”, {width}×{height} pixels. {how} {PRIVACY}",)


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
