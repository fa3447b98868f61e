"""What the user gives: a picture, or the frames and the sound of a clip, checked once and never changed after."""

import hashlib
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np

from sqexplain import media

NAME_LENGTH = 120
CLIP_SIDE = 512
CLIP_PIXELS = 150_000_000  # of all pictures of a clip


@dataclass(frozen=True, eq=False)
class Sample:
    """One picture (T = 1) or the T frames of one clip, read-only; arrays that could still be written are copied.

    Raises:
        ValueError: an array has a shape, type or value that the comment beside its field does not allow.
        TypeError: an array is not a numpy array.
    """

    name: str  # for people to read; never a path, see `slug`
    frames: np.ndarray  # (T, H, W, 3) uint8 RGB
    audio: np.ndarray | None = None  # (n,) float32 mono in [-1, 1], 16 000 Hz
    fps: float = 25.0
    labels: np.ndarray | None = None  # (T,) int64 class index, or (T, K) 0 and 1 of several labels; -1 = unknown
    mask: np.ndarray | None = None  # (T, H, W) bool, where the evidence truly is
    regions: Mapping[str, np.ndarray] | None = None  # part of a face -> (T, H, W) bool, where it is known
    body: np.ndarray | None = None  # (T, h, w, 3) uint8 RGB, the person whose face the frames show
    evidence: Mapping[str, np.ndarray] | None = None  # class -> (T, H, W) bool, the same as `mask` for several labels

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name:
            raise ValueError(f"'name' is {self.name!r}; give a text of at least one letter")
        self._check("frames", np.uint8, (None, None, None, 3), "(T, H, W, 3)")
        frames, height, width = self.frames.shape[:3]
        self._check("audio", np.float32, (None,), "(n,)")
        several = getattr(self.labels, "ndim", 1) == 2
        wanted = f"({frames},), one class index per frame, or ({frames}, K)"
        self._check("labels", np.int64, (frames, None) if several else (frames,), wanted)
        self._check("mask", np.bool_, (frames, height, width), f"({frames}, {height}, {width}), as the frames")
        self._check("body", np.uint8, (frames, None, None, 3), f"({frames}, h, w, 3)")
        self._keep_masks("regions", (frames, height, width))
        self._keep_masks("evidence", (frames, height, width))
        if self.audio is not None and not np.isfinite(self.audio).all():
            raise ValueError("'audio' holds NaN or infinite values; give finite samples in [-1, 1]")
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise ValueError(f"'fps' is {self.fps!r}; give a positive number of frames per second")

    def _check(self, field: str, dtype: type, shape: tuple, wanted: str) -> None:
        """Refuse an array of another type or shape, then keep it contiguous and read-only."""
        array = getattr(self, field)
        if array is None and field != "frames":
            return
        object.__setattr__(self, field, self._kept(field, array, dtype, shape, wanted))

    @staticmethod
    def _kept(field: str, array: np.ndarray, dtype: type, shape: tuple, wanted: str) -> np.ndarray:
        """Return the array contiguous and read-only."""
        if not isinstance(array, np.ndarray):
            raise TypeError(f"'{field}' is a {type(array).__name__}; give a numpy array of {np.dtype(dtype)} {wanted}")
        fits = array.ndim == len(shape) and all(n in (None, m) for n, m in zip(shape, array.shape, strict=True))
        if array.dtype != dtype or not fits or array.size == 0:
            raise ValueError(f"'{field}' is {array.dtype} {array.shape}; give {np.dtype(dtype)} {wanted}, not empty")
        kept = array.copy(order="C") if array.flags.writeable else np.ascontiguousarray(array)
        kept.flags.writeable = False
        return kept

    def _keep_masks(self, field: str, shape: tuple) -> None:
        """Keep each mask of a mapping as the arrays are kept."""
        if (masks := getattr(self, field)) is not None:
            wanted = f"{shape}, as the frames"
            kept = {name: self._kept(f"{field}[{name!r}]", one, np.bool_, shape, wanted) for name, one in masks.items()}
            object.__setattr__(self, field, MappingProxyType(kept))

    def __reduce__(self):
        """Rebuild through the checks, because unpickled arrays would be writeable again."""
        regions, evidence = (None if one is None else dict(one) for one in (self.regions, self.evidence))
        kept = self.name, self.frames, self.audio, self.fps, self.labels, self.mask, regions, self.body, evidence
        return Sample, kept

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of all that a net can see, the key of every cache; name and truth do not count."""
        found = hashlib.sha256(f"{self.frames.shape} {self.fps}".encode())
        found.update(self.frames.data)
        if self.audio is not None:
            found.update(self.audio.data)
        if self.body is not None:
            found.update(self.body.data)
        return found.hexdigest()

    @property
    def picture(self) -> np.ndarray:
        """The only frame, (H, W, 3) uint8.

        Raises:
            ValueError: the sample has several frames.
        """
        if len(self.frames) != 1:
            raise ValueError(f"sample {self.name!r} has {len(self.frames)} frames, not one; use 'frames' instead")
        return self.frames[0]

    @property
    def slug(self) -> str:
        """The name as a file name: at most 60 plain letters, digits and "-"; where none is left, the digest."""
        return re.sub(r"[^A-Za-z0-9]+", "-", self.name).strip("-")[:60] or f"sample-{self.digest[:8]}"


def from_file(path: str | Path) -> Sample:
    """Read a picture or video file; which of both it is, its content tells.

    Raises:
        ValueError: there is no such file, or it is not a file that can be read; the message says what is allowed.
    """
    media.check_file(path, media.FILM_BYTES)
    if media.reader_of(path):
        return _read_video(path, display_name(Path(path).name))
    return from_bytes(media.read_bytes(path), Path(path).name)


def from_bytes(data: bytes, name: str = "picture") -> Sample:
    """Read a picture or video from the bytes of a file; `name` may come from a stranger and serves only for display.

    Of a video come the whole pictures at 25 a second, with sides of at most 512 pixels, and the sound; for the faces
    in it see `sqexplain.faces`. What had to be cut or left out is told by a warning.

    Raises:
        ValueError: the bytes are not a file that can be read; the message says what is allowed.
    """
    shown = display_name(name)
    if media.reader_of(data):
        return _read_video(data, shown)
    try:
        picture = media.decode_image(data, shown)  # (H, W, 3)
    except ValueError:
        if shown.lower().endswith(media.FILM_SUFFIXES):
            return _read_video(data, shown)  # says what a video must be
        raise
    return Sample(stem(shown), picture[None])  # (1, H, W, 3)


def _read_video(source: bytes | str | Path, shown: str) -> Sample:
    notes: list[str] = []
    info = media.probe(source, shown)
    side = _clip_side(info)
    frames: np.ndarray = np.empty(0, np.uint8)
    for count, picture in enumerate(media.frames(source, max_side=side, name=shown, notes=notes)):
        if count == 0:  # memory is taken by the pages that are written to
            frames = np.empty((media.FPS * media.MAX_SECONDS, *picture.shape), np.uint8)
        frames[count] = picture
    frames = frames[: count + 1]  # (T, H, W, 3)
    frames.flags.writeable = False  # so that the sample need not copy it
    audio = media.sound(source, len(frames) / media.FPS, name=shown, notes=notes)
    for note in notes:
        warnings.warn(f"'{shown}': {note}", stacklevel=3)
    return Sample(stem(shown), frames, audio, float(media.FPS))


def _clip_side(info: media.VideoInfo) -> int:
    """Return the longer side at which a clip has at most `CLIP_SIDE` pixels and all its pictures `CLIP_PIXELS`."""
    count = media.FPS * min(info.seconds or media.MAX_SECONDS, media.MAX_SECONDS)
    area = max(1, info.width * info.height)
    side = max(info.width, info.height) * min(1.0, (CLIP_PIXELS / max(1, count) / area) ** 0.5)
    return max(1, min(CLIP_SIDE, int(side)))


def stem(shown: str) -> str:
    """Return a name without the ending of its file."""
    return re.sub(r"(?<=.)\.\w{1,5}$", "", shown)


def display_name(name: str) -> str:
    """Return the last part of a path as one line that is safe to show: no control or direction signs, not too long."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip(" .")[-NAME_LENGTH:] or "picture"
