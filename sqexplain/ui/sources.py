"""Where the sample of a page comes from: a data set, from whose strip one is chosen, or a file of the visitor's own.

A file of one's own stays in the session and never travels in a link.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from sqexplain.data import DATASETS, DOWNLOADABLE
from sqexplain.media import ALLOWED, SUFFIXES
from sqexplain.models import MODELS
from sqexplain.sample import Dataset, from_bytes
from sqexplain.tasks import PER_FRAME
from sqexplain.ui import cache, link_state
from sqexplain.ui.page_model import Selection
from sqexplain.ui.strip import strip
from sqexplain.ui.words import sentence

UPLOAD = "upload"  # the data set that is a file of the visitor's own
STRIP = 12  # small pictures side by side
PICTURES = {
    "photographs": "Photographs",
    "scenes": "Drawn scenes",
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
    UPLOAD: "Your picture",
}
CHOICES = ("data", "item")  # what the link carries of the page "Explain"
OWN = "own_picture"  # where the session keeps a picture of the visitor's own
PRIVACY = "It stays in the memory of this session."


@dataclass(frozen=True)
class Upload:
    """The field for a file of the visitor's own, from disk or the camera; keys in the session begin with `name`.

    `read` takes bytes and name of a file and keeps the result; ValueError says why it cannot be used.
    """

    name: str
    label: str
    icon: str
    kind: str  # what the field and the camera ask for
    read: Callable[[bytes, str], None]
    note: str = f"{ALLOWED}, at most 20 MB. {PRIVACY}"
    suffixes: Sequence[str] = SUFFIXES
    megabytes: int = 20
    camera: bool = True

    def offer(self) -> None:
        """Draw the field; after each file a fresh one, which is closed."""
        turn = st.session_state.setdefault(f"{self.name}_turn", 0)
        with st.popover(self.label, icon=self.icon, width="stretch", key=f"{self.name}_own_{turn}"):
            st.caption(self.note)
            file, photograph = f"{self.name}_file_{turn}", f"{self.name}_camera_{turn}"
            kinds = [suffix.removeprefix(".") for suffix in self.suffixes]
            looks: dict[str, Any] = {"max_upload_size": self.megabytes, "on_change": self._take}
            st.file_uploader(f"{self.kind} file", kinds, key=file, args=(file,), **looks)
            if self.camera and st.toggle("Use the camera", key=f"{self.name}_camera_on"):
                st.camera_input("Take a photograph", key=photograph, on_change=self._take, args=(photograph,))

    def trouble(self) -> None:
        """Say what was wrong with the last file; what was shown before is still shown."""
        if text := st.session_state.get(f"{self.name}_trouble"):
            st.error(text, icon=":material/error:")

    def fail(self, error: ValueError) -> None:
        """Keep why a file cannot be used."""
        st.session_state[f"{self.name}_trouble"] = sentence(error)

    def _take(self, key: str) -> None:
        file = st.session_state[key]
        st.session_state.pop(f"{self.name}_trouble", None)
        if file is None:
            return
        st.session_state[f"{self.name}_turn"] += 1
        try:
            self.read(file.getvalue(), file.name)
        except ValueError as error:
            self.fail(error)


def source(name: str, titles: Mapping[str, str], own: bool) -> str:
    """Return the chosen data set, a key of `titles`; UPLOAD only where there is a file of the visitor's `own`."""
    chosen = link_state.option(name, list(titles))
    if chosen == UPLOAD and not own:
        st.toast("A link cannot carry a file of your own; please add it again.", icon=":material/info:")
        chosen = st.session_state[name] = next(iter(titles))
    return chosen


def draw_source(label: str, name: str, titles: Mapping[str, str], own: bool) -> None:
    """Draw the choice of the data set, where there is one."""
    names = [one for one in titles if one != UPLOAD or own]
    looks: dict[str, Any] = {"format_func": titles.get, "label_visibility": "collapsed"}
    if len(names) > 1:
        link_state.choose(st.selectbox, label, name, names, st.session_state[name], **looks)


def browse(
    data: str, name: str, first: int = 0, on_choose: Callable | None = None, key: str = "strip", label: str = "Picture"
) -> Selection:
    """Draw the strip of a data set and return the chosen sample; `name` is what the link calls its number.

    Raises:
        ValueError: the data are not on this machine, or cannot be read.
    """
    total = len(cache.dataset(data))
    index = link_state.number(name, min(first, total - 1), 0, total - 1)
    start = index // STRIP * STRIP
    pictures = cache.thumbnails(data, start, min(total, start + STRIP))
    if len({one["name"].rpartition("/")[0] for one in pictures}) == 1:  # "face/0002" becomes "0002"
        pictures = [one | {"name": one["name"].rpartition("/")[2]} for one in pictures]
    strip(pictures, start, index, total, on_choose or (lambda number: _set(name, number)), key, label)
    return Selection(cache.sample(data, index), (data, index))


def download(data: str, title: str, label: str, **looks) -> None:
    """Draw the button that fetches a data set, with progress; `looks` are the button's own."""
    if not st.button(label, icon=":material/download:", **looks):
        return
    bar = st.progress(0.0, f"Downloading {title} …")
    try:
        for share in cache.download(data):
            bar.progress(share, f"Downloading {title}: {share:.0%}")
    except ValueError as error:
        st.error(sentence(error), icon=":material/error:")
    else:
        st.rerun()


def warn(text: str, name: str, fitting: str | None) -> None:
    """Say that model and sample do not belong together, and offer the model that fits as the choice `name`."""
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.warning(text, icon=":material/warning:")
    if fitting:
        label = f"Use {MODELS[fitting].title.split(' (')[0]}"
        right.button(label, width="stretch", on_click=_set, args=(name, fitting))


def choose_picture() -> Selection | None:
    """Draw data set, strip and upload of the page "Explain"; return the picture, None where the data are not here."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    own = st.session_state.get(OWN)
    titles = pictures()
    data = source("data", titles, own is not None)
    with right:
        draw_source("Pictures", "data", titles, own is not None)
        PICTURE.offer()
    PICTURE.trouble()
    with left:
        if data == UPLOAD:
            height, width = own.frames.shape[1:3]
            st.caption(f"Your picture, {width}×{height} pixels. {PRIVACY}")
            return Selection(own)
        try:
            if not shows_pictures(cache.dataset(data)):
                raise ValueError(f"{data!r} holds no pictures that can be shown here")
        except ValueError as error:
            _offer(data, error)
            return None
        return browse(data, "item")


def pictures() -> dict[str, str]:
    """Return the data sets of the page "Explain" with their titles, those that were registered among them."""
    registered = {name: name for name in DATASETS if name not in DATASETS.shipped}
    return {name: title for name, title in PICTURES.items() if name != UPLOAD} | registered | {UPLOAD: PICTURES[UPLOAD]}


def shows_pictures(data: Dataset) -> bool:
    """Say whether a data set holds pictures, and not clips or nothing."""
    return data.task != PER_FRAME and len(data) > 0


def _offer(data: str, error: ValueError) -> None:
    """Say that a data set is not here and fetch it when the button is pressed."""
    if data not in DOWNLOADABLE:
        st.error(sentence(error), icon=":material/error:")
        return
    title = PICTURES[data]
    st.info(f"{title} is not on this machine yet. It only has to be downloaded once.", icon=":material/info:")
    with st.expander("Use a copy of your own instead"):
        st.write(str(error))
    download(data, title, f"Download {title} (about 170 MB)")


def _read(data: bytes, name: str) -> None:
    st.session_state.update({OWN: from_bytes(data, name), "data": UPLOAD})


def _set(name: str, value: object) -> None:
    st.session_state[name] = value


PICTURE = Upload("picture", "Your own", ":material/add_photo_alternate:", "Picture", _read)
