"""Video to pictures at an even rate, by the time stamps of the file and in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import repeat
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sqexplain import extras
from sqexplain.media.containers import Source, check_size, claimed_rate, decoded, opened, upright, video_stream

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
else:
    av = extras.Optional("av")

FPS = 25
MAX_SECONDS = 60
MAX_RATE = 240  # decoded pictures per second; what is faster ends early
JUMP = 1  # seconds that the clock of a file may run backwards before it counts as set anew
LOSS = 0.5  # seconds that may be missing at the end without a word
HALF = Fraction(1, 2)
Stamped: TypeAlias = "tuple[Fraction, VideoFrame]"


def frames(
    source: Source,
    fps: float = FPS,
    max_seconds: float = MAX_SECONDS,
    max_side: int | None = None,
    name: str = "",
    notes: list[str] | None = None,
) -> Iterator[np.ndarray]:
    """Yield upright pictures (H, W, 3) uint8 RGB, all of one size, `fps` a second; read-only, repeated ones shared.

    Picture n is the last one whose time, counted from the first, rounds to n / fps or earlier: at 25 fps in and out
    every picture comes once, whatever the rate the file claims. Times that are missing or run backwards follow the
    one before by one period. Wide pixels become square ones. A side longer than `max_side` is reduced.

    Args:
        source: a path, or the bytes of a file.
        name: what messages call the file; the last part of the path where empty.
        notes: gets a sentence for all that was cut or left out, once the last picture is there.

    Raises:
        ValueError: as `probe`; or there is no picture in the file.
    """
    notes = [] if notes is None else notes
    with opened(source, name) as container:
        stream = video_stream(container)
        if stream is None:
            raise ValueError(f"'{container.name}' holds sound but no picture; give a video in which a face is seen")
        turner = _Turner(stream, max_side, container.name)
        rate = Fraction(fps).limit_denominator(1001)
        most = max(1, int(max_seconds * rate))
        yield from _even(_stamped(container, stream, notes), rate, most, turner, notes)


class _Turner:
    """Turns decoded pictures into upright arrays of the size that the first one has."""

    def __init__(self, stream: VideoStream, max_side: int | None, name: str):
        self.stream, self.max_side, self.name = stream, max_side, name
        self.size: tuple[int, int] | None = None

    def __call__(self, frame: VideoFrame) -> np.ndarray:
        check_size(frame.width, frame.height, self.name)
        width, height, turn = upright(frame, self.stream)
        if self.size is None:
            factor = min(1, (self.max_side or np.inf) / max(width, height))
            self.size = max(1, round(width * factor)), max(1, round(height * factor))
        width, height = self.size[::-1] if turn % 2 else self.size
        way = "AREA" if width < frame.width else "BICUBIC"  # bilinear has no fast path for an unchanged size
        stored = frame.reformat(width, height, "rgb24", interpolation=way).to_ndarray()  # (H, W, 3)
        picture = np.ascontiguousarray(np.rot90(stored, turn))  # (H, W, 3) upright
        picture.flags.writeable = False
        return picture


def _even(
    stamped: Iterator[Stamped], fps: Fraction, most: int, turner: _Turner, notes: list[str]
) -> Iterator[np.ndarray]:
    """Yield one array for every tick of an even clock, at most `most`."""
    done, longest, held = 0, Fraction(0), None
    for time, frame in stamped:
        tick = min(most, int(time * fps + HALF))  # half a period after a tick belongs to the next one
        if held is not None:
            longest = max(longest, time - held[0])
            if tick > done:
                yield from repeat(turner(held[1]), tick - done)
                done = tick
        held = time, frame
        if tick == most:
            notes.append(f"only the first {float(most / fps):g} s are used; the video is longer")
            return
    if held is None:
        raise ValueError(f"'{turner.name}' holds no picture that can be decoded; save or download it again")
    length = _length(held[1])
    length = min(length, longest) if longest else length  # a claimed length is not to be believed alone
    end = min(most, max(done + 1, int((held[0] + length) * fps + HALF)))
    yield from repeat(turner(held[1]), end - done)


def _length(frame: VideoFrame) -> Fraction:
    return frame.duration * frame.time_base if frame.duration and frame.time_base else Fraction(0)


def _stamped(container: InputContainer, stream: VideoStream, notes: list[str]) -> Iterator[Stamped]:
    """Yield every decoded picture with its seconds since the first, strictly rising."""
    period = 1 / (claimed_rate(stream) or Fraction(FPS))
    clock, start = None, Fraction(0)
    for count, frame in enumerate(decoded(container, stream, notes)):
        if count == MAX_SECONDS * MAX_RATE:
            notes.append(f"only the first {count} pictures of the file are used")
            return
        time = None if frame.pts is None else frame.pts * (frame.time_base or stream.time_base)
        if clock is None:
            clock, start = Fraction(0), time or Fraction(0)
        else:
            time = clock + period if time is None else time - start
            if time <= clock:
                start -= clock + period - time if clock - time > JUMP else 0
                time = clock + period
            clock = time
        yield clock, frame
    promised = (
        stream.duration * stream.time_base
        if stream.duration and stream.time_base
        else Fraction(container.duration or 0, av.time_base)
    )
    if clock is not None and promised - clock > LOSS:
        ends = f"{float(clock + period):.1f} s, though the file promises {float(promised):.1f} s"
        notes.append(f"the picture ends after {ends}")
