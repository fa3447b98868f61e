"""Videos of numbered pictures with or without sound, for the tests that read them."""

from fractions import Fraction
from io import BytesIO

import av
import numpy as np

from sqexplain import media

MILLISECOND = Fraction(1, 1000)
W, H = 64, 48


def drawn(number: int, size: tuple[int, int] = (W, H)) -> np.ndarray:
    """(H, W, 3) uint8: grey by number, a red quarter top left."""
    picture = np.full((size[1], size[0], 3), 20 + 6 * (number % 36), np.uint8)
    picture[: size[1] // 2, : size[0] // 2] = [255, 0, 0]
    return picture


def number_of(picture: np.ndarray) -> int:
    return round((float(picture[-8:, -8:, 1].mean()) - 20) / 6)


def made(
    times,
    container="matroska",
    codec="libx264",
    pixels="yuv420p",
    size=(W, H),
    base=MILLISECOND,
    rate=25,
    sound=None,
    **more,
) -> bytes:
    """The bytes of a video whose picture n is shown at times[n] seconds; `sound` is its start and length."""
    buffer = BytesIO()
    with av.open(buffer, "w", format=container, options=more.get("options", {})) as file:
        file.metadata["title"] = "Kaffeehaus"
        video = file.add_stream(codec, rate=rate)
        video.width, video.height, video.pix_fmt, video.bit_rate = *size, pixels, 4_000_000
        video.codec_context.time_base = base
        video.codec_context.max_b_frames = 0
        if codec == "libx264":
            video.codec_context.options = {"crf": "4", "preset": "ultrafast"}
        if "turn" in more:
            video.set_display_rotation(more["turn"])
        if "aspect" in more:
            video.codec_context.sample_aspect_ratio = more["aspect"]
        tone = file.add_stream("aac", rate=16_000, layout="mono") if sound else None
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(drawn(number, size), "rgb24")
            frame.pts, frame.time_base = round(time / base), base
            file.mux(video.encode(frame))
        if sound:
            add_sound(file, tone, *sound)
        for stream in filter(None, (video, tone)):
            file.mux(stream.encode(None))
    return buffer.getvalue()


def add_sound(file, stream, start: float, seconds: float) -> None:
    """A hum that swells to its middle, where a click marks it."""
    samples = np.sin(np.arange(int(seconds * 16_000)) / 20).astype(np.float32) * 0.1
    samples[len(samples) // 2 :][:40] = 0.9
    for at in range(0, len(samples), 1024):
        block = av.AudioFrame.from_ndarray(samples[None, at : at + 1024], "fltp", "mono")
        block.sample_rate, block.pts, block.time_base = 16_000, at + round(start * 16_000), Fraction(1, 16_000)
        file.mux(stream.encode(block))


def even(count: int, fps: float = 25, start: float = 0.0) -> list[float]:
    return [start + number / fps for number in range(count)]


def numbers(data: bytes, **options) -> list[int]:
    return [number_of(picture) for picture in media.frames(data, **options)]
