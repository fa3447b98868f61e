"""Which clip is looked at: a drawn one from the strip, or a video of your own whose people are found first."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from sqexplain.faces import Footage
from sqexplain.media import FILM_SUFFIXES, FILMS
from sqexplain.models import MODELS
from sqexplain.progress import Progress
from sqexplain.sample import Sample
from sqexplain.ui import cache, link_state
from sqexplain.ui.clip.people import Person, people_in, people_of
from sqexplain.ui.strip import strip

UPLOAD = "upload"
REAL = "speaker-light"  # the net for real faces
SOURCES = {"talkers": "Drawn talkers", "ava": "AVA", "wasd": "WASD", UPLOAD: "Your video"}
STRIP = 12
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


@dataclass(frozen=True)
class Picked:
    """A clip with its people; `source` is data set and number, None for a video of the visitor's own."""

    sample: Sample
    source: tuple[str, int] | None
    people: tuple[Person, ...] = ()
    person: int = 0
    pictures: tuple = ()
    notes: tuple[str, ...] = ()


def choose_clip(model: str) -> Picked | None:
    """Draw strip, data set and upload; return the clip for a model, None while a video is searched for people."""
    footage = st.session_state.get("footage")
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    here = ["talkers", *cache.track_sets()]
    source = link_state.option("clips", [*here, UPLOAD])
    if source == UPLOAD and footage is None:
        st.toast("A video of your own cannot travel in a link; add it again.", icon=":material/info:")
        source = st.session_state["clips"] = next(iter(SOURCES))
    with right:
        possible = [*here, UPLOAD] if footage else here
        if len(possible) > 1:
            link_state.choose(
                st.selectbox, "Clips", "clips", possible, format_func=SOURCES.get, label_visibility="collapsed"
            )
        _offer_upload()
    if trouble := st.session_state.get("clip_trouble"):
        st.error(trouble, icon=":material/error:")
    if "pending" in st.session_state:
        _search()
        return None
    with left:
        if source == UPLOAD:
            return _own(footage, MODELS[model].crop)
        return _drawn() if source == "talkers" else _track(source)


def advise(model: str, picked: Picked) -> None:
    """Say so where a net that knows drawn faces alone is shown a real one, and offer the one for real faces."""
    if (picked.source and picked.source[0] == "talkers") or MODELS[model].data != "talkers" or REAL not in MODELS:
        return
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.warning("This net has learnt from drawn faces alone: on real ones its answers mean little.")
    right.button(
        f"Use {MODELS[REAL].title.split(' (')[0]}",
        on_click=lambda: st.session_state.update(speaker=REAL),
        width="stretch",
    )


def _drawn() -> Picked:
    talkers = cache.talkers()
    index = link_state.number("clip", 0, 0, len(talkers) - 1)
    drawn = cache.slot("thumbnails of talkers").get("result")
    pictures = drawn or [{"name": name, "picture": cache.EMPTY} for name in short_names(talkers.kinds)]
    strip(pictures, 0, index, len(talkers), choose)
    sample, scene = cache.clip(index), cache.scene(index)
    people = people_in(scene)
    if len(people) < 2:
        return Picked(sample, ("talkers", index))
    person = next(number for number, one in enumerate(people) if one.sample.digest == sample.digest)
    return Picked(sample, ("talkers", index), people, person, scene.frames)


def _track(name: str) -> Picked | None:
    """Draw the strip of a data set of real tracks; what cannot be read is told in a sentence."""
    try:
        total = len(cache.tracks(name))
        index = link_state.number("clip", 0, 0, total - 1)
        start = index // STRIP * STRIP
        strip(cache.track_thumbnails(name, start, min(total, start + STRIP)), start, index, total, choose)
        return Picked(cache.track(name, index), (name, index))
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return None


def short_names(kinds: Sequence[str]) -> list[str]:
    """Return a name of two words for each clip; of several of one kind, with its number."""
    return [
        f"{SHORT.get(kind, kind)}: {kinds[:place].count(kind) + 1}" if kinds.count(kind) > 1 else SHORT.get(kind, kind)
        for place, kind in enumerate(kinds)
    ]


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


def draw_thumbnails() -> bool:
    """Draw what the strip still lacks, with progress; return whether anything was missing."""
    slot, talkers = cache.slot("thumbnails of talkers"), cache.talkers()
    if "result" in slot:
        return False
    found = []
    bar = st.progress(0.0, "Drawing the other clips …")
    for index, name in enumerate(short_names(talkers.kinds)):
        bar.progress(index / len(talkers), "Drawing the other clips …")
        found.append({"name": name, "picture": cache.face_uri(index)})
    slot["result"] = found
    return True


def _own(footage: Footage, crop: str) -> Picked:
    people = people_of(footage, crop)
    person = link_state.number("person", 0, 0, len(people) - 1)
    seen = footage.people[person].found.mean()
    count = f"{len(people)} face{'s' if len(people) > 1 else ''}"
    bridged = "" if seen == 1 else f" The face explained was seen in {seen:.0%} of its frames, between them guessed."
    st.caption(
        f"“{footage.name}”: {count}, {footage.count / footage.fps:.1f} s, {footage.width}×{footage.height}.{bridged} "
        "The video stays in the memory of this session, not in the link."
    )
    return Picked(people[person].sample, None, people, person, footage.previews, footage.notes)


def _offer_upload() -> None:
    turn = st.session_state.setdefault("clip_turn", 0)  # after each file a fresh popover, which is closed
    with st.popover("Your own video", icon=":material/video_file:", width="stretch", key=f"own_{turn}"):
        st.caption(f"{FILMS}, at most {MAX_MB} MB; the first 60 s are used. It stays in the memory of this session.")
        kinds = [suffix.removeprefix(".") for suffix in FILM_SUFFIXES]
        key = f"clip_file_{turn}"
        st.file_uploader("Video file", kinds, key=key, max_upload_size=MAX_MB, on_change=_take, args=(key,))


def _take(key: str) -> None:
    file = st.session_state[key]
    st.session_state.pop("clip_trouble", None)
    if file is not None:
        st.session_state["pending"] = (file.getvalue(), file.name)
        st.session_state["clip_turn"] += 1


def _stop() -> None:
    st.session_state.pop("pending", None)


def _search() -> None:
    """Look for the people in a new video, with progress and a button to stop; what is wrong is told in a sentence."""
    data, name = st.session_state["pending"]
    left, right = st.columns([5, 1], vertical_alignment="center")
    bar = left.progress(0.0, "Looking for faces …")
    right.button("Stop", icon=":material/stop_circle:", on_click=_stop, width="stretch")
    try:
        for step in cache.people(data, name):
            if isinstance(step, Progress):
                bar.progress(min(1.0, step.done / max(1, step.of)), _told(step))
            else:
                st.session_state.update(footage=step, clips=UPLOAD, frame=-1, person=0)
    except ValueError as error:
        st.session_state["clip_trouble"] = str(error)
    _stop()
    st.rerun()


def _told(step: Progress) -> str:
    return "Looking for faces …" if step.done * 2 < step.of else "Cutting out each face and its sound …"
