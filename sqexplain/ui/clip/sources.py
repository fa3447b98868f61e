"""Which clip is looked at: a drawn one from the strip, or a video of your own whose people are found first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from sqexplain.faces import Footage, find_people
from sqexplain.media import FILM_SUFFIXES, FILMS
from sqexplain.models import MODELS
from sqexplain.progress import Progress
from sqexplain.sample import Sample
from sqexplain.ui import cache as shared
from sqexplain.ui import link_state, sources
from sqexplain.ui.clip import cache
from sqexplain.ui.clip.people import Person, people_in, people_of
from sqexplain.ui.layout import follow, stoppable_bar
from sqexplain.ui.page_model import Selection
from sqexplain.ui.sources import PRIVACY, UPLOAD, Upload
from sqexplain.ui.strip import strip
from sqexplain.ui.words import sentence

REAL = "speaker-light"  # the net for real faces
TITLES = {cache.TALKERS: "Drawn talkers", "ava": "AVA", "wasd": "WASD", UPLOAD: "Your video"}
LABEL = "Clip to explain"
MAX_MB = 50
SHORT = {  # under a small picture there is room for two words
    "sync": "in sync",
    "other": "other voice",
    "shifted": "dubbed",
    "late": "3 late",
    "noise": "noise",
    "mute": "mute",
    "occluded": "covered",
    "switch": "changes",
    "silent": "chewing",
    "two": "two",
}
DRAWN_NET = "This model was trained on drawn faces only; its predictions for real faces mean little."


@dataclass(frozen=True)
class ClipSelection(Selection):
    """A clip with the people of its picture, and which of them is explained."""

    people: tuple[Person, ...] = ()
    person: int = 0
    pictures: Sequence[bytes | np.ndarray] = ()


def choose_clip(model: str) -> ClipSelection | None:
    """Draw strip, data set and upload; return the clip for a model, None while a video is searched for people."""
    footage = st.session_state.get("footage")
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    here = {name: TITLES[name] for name in (cache.TALKERS, *cache.track_sets(), UPLOAD)}
    source = sources.source("clips", here, footage is not None)
    with right:
        sources.draw_source("Clips", "clips", here, footage is not None)
        VIDEO.offer()
    VIDEO.trouble()
    if "pending" in st.session_state:
        _search()
        return None
    with left:
        if source == UPLOAD:
            return _own(footage, MODELS[model].crop)
        return _drawn() if source == cache.TALKERS else _track(source)


def advise(model: str, selection: ClipSelection) -> None:
    """Say so where a net that knows drawn faces alone is shown a real one, and offer the one for real faces."""
    drawn = selection.source is not None and selection.source[0] == cache.TALKERS
    if not drawn and MODELS[model].data == cache.TALKERS and REAL in MODELS:
        sources.warn(DRAWN_NET, "speaker", REAL)


def browse_talkers(name: str, on_choose, key: str = "strip", label: str = LABEL) -> int:
    """Draw the strip of the drawn clips; return the number that is chosen."""
    talkers = cache.talkers()
    index = link_state.number(name, 0, 0, len(talkers) - 1)
    drawn = shared.thumbnails(cache.TALKERS, 0, len(talkers))
    pictures = [one | {"name": name} for one, name in zip(drawn, short_names(talkers.kinds), strict=True)]
    strip(pictures, 0, index, len(talkers), on_choose, key, label)
    return index


def _drawn() -> ClipSelection:
    index = browse_talkers("clip", choose)
    sample, scene = cache.talker(index), cache.talkers().scene(index)
    people, source = people_in(scene), (cache.TALKERS, index)
    if len(people) < 2:
        return ClipSelection(sample, source)
    person = next(number for number, one in enumerate(people) if one.sample.digest == sample.digest)
    return ClipSelection(sample, source, people=people, person=person, pictures=scene.frames)


def _track(name: str) -> ClipSelection | None:
    """Draw the strip of a data set of real tracks; a sentence where it cannot be read."""
    try:
        found = sources.browse(name, "clip", on_choose=choose, label=LABEL)
    except ValueError as error:
        st.error(sentence(error), icon=":material/error:")
        return None
    return ClipSelection(found.sample, found.source)


def short_names(kinds: Sequence[str]) -> list[str]:
    """Return a name of two words for each clip; of several of one kind, with its number."""
    return [
        f"{SHORT.get(kind, kind)}: {kinds[:place].count(kind) + 1}" if kinds.count(kind) > 1 else SHORT.get(kind, kind)
        for place, kind in enumerate(kinds)
    ]


def best_frame(sample: Sample) -> int:
    """Return the frame that is shown first: the middle of the longest part in which somebody truly speaks."""
    frames = len(sample.frames)
    if sample.labels is None or not (sample.labels == 1).any():
        return frames // 3
    padded = np.concatenate([[0], (sample.labels == 1).astype(int), [0]])
    starts, stops = np.flatnonzero(np.diff(padded) == 1), np.flatnonzero(np.diff(padded) == -1)
    longest = int((stops - starts).argmax())
    return int((starts[longest] + stops[longest]) // 2)


def choose(number: int) -> None:
    """Show another clip of the strip, from its own first frame on."""
    st.session_state.update(clip=number, frame=-1, person=0, clip_shown=None)


def choose_person(number: int) -> None:
    """Explain another face of the same picture."""
    if st.session_state["clips"] == UPLOAD:
        people = st.session_state["footage"].people
        known, wanted = (people[one] for one in (st.session_state["person"], number))
        frame = st.session_state["frame"] + known.start - wanted.start
        st.session_state.update(person=number, frame=min(max(0, frame), wanted.stop - wanted.start - 1))
        return
    kinds = cache.talkers().kinds  # each face of a drawn picture is a clip of its own
    first = kinds.index("two")
    st.session_state["clip"] = min(len(kinds) - 1, first + number)


def _own(footage: Footage, crop: str) -> ClipSelection:
    people = people_of(footage, crop)
    person = link_state.number("person", 0, 0, len(people) - 1)
    share = footage.people[person].found.mean()
    count = f"{len(people)} face{'s' if len(people) > 1 else ''}"
    gaps = "" if share == 1 else f" The face was detected in {share:.0%} of its frames and interpolated in between."
    size = f"{footage.count / footage.fps:.1f} s, {footage.width}×{footage.height}"
    st.caption(f"“{footage.name}”: {count}, {size}.{gaps} {PRIVACY}")
    found: dict[str, Any] = {"people": people, "person": person, "pictures": footage.previews, "notes": footage.notes}
    return ClipSelection(people[person].sample, **found)


def _read(data: bytes, name: str) -> None:
    st.session_state["pending"] = (data, name)


VIDEO = Upload(
    "clip",
    "Your own video",
    ":material/video_file:",
    "Video",
    _read,
    f"{FILMS}, at most {MAX_MB} MB; the first 60 s are used. {PRIVACY}",
    FILM_SUFFIXES,
    MAX_MB,
    camera=False,
)


def _stop() -> None:
    st.session_state.pop("pending", None)


def _search() -> None:
    """Look for the people in a new video, with progress and a button to stop; a sentence where there are none."""
    bar = stoppable_bar("Looking for faces …", _stop)
    try:
        (footage,) = follow(find_people(*st.session_state["pending"]), bar, _stage)
        st.session_state.update(footage=footage, clips=UPLOAD, frame=-1, person=0)
    except ValueError as error:
        VIDEO.fail(error)
    _stop()
    st.rerun()


def _stage(step: Progress) -> str:
    return "Looking for faces …" if step.done * 2 < step.of else "Cropping each face, with its sound …"
