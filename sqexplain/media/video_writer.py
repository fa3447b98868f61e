"""Write pictures and sound to a video file (H.264, AAC)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np

from sqexplain import extras
from sqexplain.media.sound import RATE
from sqexplain.media.writing import atomic_write

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream
else:
    av = extras.Optional("av")

QUALITY = "18"  # constant rate factor: no loss that is seen
BLOCK = 1024  # samples that AAC codes at a time
BT709 = 1  # the number of this colour standard in every table of H.264


@overload
def write_video(path: None, frames: Iterable[np.ndarray], fps: float, audio: np.ndarray | None = ...) -> bytes: ...


@overload
def write_video(path: str | Path, frames: Iterable[np.ndarray], fps: float, audio: np.ndarray | None = ...) -> Path: ...


def write_video(
    path: str | Path | None, frames: Iterable[np.ndarray], fps: float, audio: np.ndarray | None = None
) -> bytes | Path:
    """Write pictures (H, W, 3) uint8 and sound (n,) float in [-1, 1] at 16 kHz as MP4 (H.264 and AAC).

    The file is written while the pictures come; sound longer than the picture is cut. An odd side grows by one
    repeated pixel. Colours lose half their resolution: compute on the source, never on the written file.

    Args:
        path: the file, of which a reader sees all or nothing; None returns the bytes instead.

    Raises:
        ValueError: there is no picture, one has another shape or type, or the place cannot be written to.
    """
    if path is None:
        buffer = BytesIO()
        _write(buffer, frames, fps, audio, {})
        return buffer.getvalue()
    with atomic_write(path) as part:
        _write(str(part), frames, fps, audio, {"movflags": "+faststart"})
    return Path(path)


def _write(
    target: str | BytesIO, frames: Iterable[np.ndarray], fps: float, audio: np.ndarray | None, options: dict[str, str]
) -> None:
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise ValueError("'frames' is empty; give at least one picture (H, W, 3) uint8")
    rate = Fraction(fps).limit_denominator(1001)
    samples = np.zeros(0, np.float32) if audio is None else np.asarray(audio, np.float32)
    with av.open(target, "w", format="mp4", options=options) as container:
        video = _video_stream(container, first.shape, rate)
        sound = _sound_stream(container) if len(samples) else None
        done = until = 0  # samples written, samples that the pictures so far last
        for number, frame in enumerate(chain([first], frames)):
            container.mux(video.encode(_picture(frame, first.shape, number, rate)))
            until = min(len(samples), round((number + 1) / rate * RATE))
            while sound and until - done >= BLOCK:
                container.mux(sound.encode(_block(samples, done, done + BLOCK)))
                done += BLOCK
        if sound and done < until:
            container.mux(sound.encode(_block(samples, done, until)))
        container.mux(video.encode(None))
        if sound:
            container.mux(sound.encode(None))


def _video_stream(container: OutputContainer, shape: tuple[int, ...], rate: Fraction) -> VideoStream:
    stream = container.add_stream("libx264", rate=rate, options={"crf": QUALITY, "preset": "veryfast"})
    stream.height, stream.width = (side + side % 2 for side in shape[:2])
    stream.pix_fmt = "yuv420p"
    coder = stream.codec_context
    coder.time_base = 1 / rate
    coder.max_b_frames = 0  # the order of the file is the order of time
    coder.gop_size = max(1, round(rate))  # a player jumps to any second at once
    coder.colorspace = coder.color_primaries = coder.color_trc = BT709
    return stream


def _sound_stream(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("aac", rate=RATE, layout="mono")
    stream.bit_rate = 64_000
    return stream


def _picture(frame: np.ndarray, shape: tuple[int, ...], number: int, rate: Fraction) -> av.VideoFrame:
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape != (*shape[:2], 3):
        raise ValueError(f"'frames' holds {frame.dtype} {frame.shape}; give uint8 (H, W, 3), all of one size")
    even = np.pad(frame, ((0, frame.shape[0] % 2), (0, frame.shape[1] % 2), (0, 0)), mode="edge")
    rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(even), "rgb24")
    coded = rgb.reformat(format="yuv420p", dst_colorspace=av.video.reformatter.Colorspace.ITU709)
    coded.pts, coded.time_base = number, 1 / rate
    return coded


def _block(samples: np.ndarray, start: int, stop: int) -> av.AudioFrame:
    block = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, start:stop]), "fltp", "mono")
    block.sample_rate, block.pts, block.time_base = RATE, start, Fraction(1, RATE)
    return block
