"""Open untrusted video and audio files; the first bytes say what a file is, never its name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqexplain import extras
from sqexplain.media.pictures import check_file, check_length, holds_text

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
else:
    av = extras.Optional("av")

FILM_BYTES = 200_000_000
FILM_PIXELS = 3840 * 2160
MAX_CODED = str(FILM_PIXELS + 4096 * 64)  # a coded picture is a little larger than the shown one
FILM_SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".avi")
FILMS = "MP4, MOV, MKV, WebM, MPEG and AVI videos"
VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "mpeg1video", "mpeg2video", "mpeg4", "mjpeg", "prores", "ffv1")
SOUND_CODECS = ("aac", "mp3", "mp2", "opus", "vorbis", "flac", "ac3", "alac", "amr_nb")
DECODERS: tuple[str, ...] = (
    *VIDEO_CODECS,
    *SOUND_CODECS,
    "libdav1d",
    "mp3float",
    "mp2float",
    "amrnb",
    "pcm_s16le",
    "pcm_s16be",
)
DECODERS += ("pcm_u8", "pcm_s24le", "pcm_s32le", "pcm_f32le")
STILL_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
STARTS = (  # where, which bytes, the name of the reader; it is given, so that no list of other files is ever followed
    (4, b"ftyp", "mov"),
    (4, b"moov", "mov"),
    (4, b"mdat", "mov"),
    (4, b"wide", "mov"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"\x00\x00\x01\xb3", "mpegvideo"),
    (8, b"AVI ", "avi"),
    (8, b"WAVE", "wav"),
    (0, b"OggS", "ogg"),
    (0, b"fLaC", "flac"),
    (0, b"ID3", "mp3"),
    (0, b"\xff\xfb", "mp3"),
)
Source = bytes | str | Path


@dataclass(frozen=True)
class VideoInfo:
    """What a file says of itself; `seconds` may be wrong and is 0 where unknown.

    Attributes:
        width, height: of the upright picture with square pixels, 0 without a picture.
        fps: the rate that the file claims, 0 where unknown.
        turn: quarter turns against the clock that make the decoded picture upright.
    """

    name: str
    codec: str = ""
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    fps: float = 0.0
    turn: int = 0
    has_video: bool = False
    has_audio: bool = False


def reader_of(source: Source) -> str | None:
    """Return which reader the first bytes of a file ask for, None for what is neither video nor sound."""
    head = _head(source, 16)
    if head[4:8] == b"ftyp" and head[8:12] in STILL_BRANDS:
        return None
    return next((reader for at, start, reader in STARTS if head[at : at + len(start)] == start), None)


def probe(source: Source, name: str = "") -> VideoInfo:
    """Return what the header and the first picture of a file say.

    Raises:
        ValueError: the file is missing, too long, neither video nor sound, damaged, too large or of an odd codec.
    """
    with opened(source, name) as container:
        shown = container.name
        stream = video_stream(container)
        first = None if stream is None else next(decoded(container, stream, []), None)
        seconds = (container.duration or 0) / av.time_base
        has_audio = bool(container.streams.audio)
        if stream is None or first is None:
            return VideoInfo(shown, seconds=seconds, has_audio=has_audio)
        width, height, turn = upright(first, stream)
        rate = float(claimed_rate(stream) or 0)
        return VideoInfo(shown, stream.codec_context.name, width, height, seconds, rate, turn, True, has_audio)


def call(source: Source, name: str = "") -> str:
    """Return what messages call a file."""
    return name or ("video" if isinstance(source, bytes) else Path(source).name)


@contextmanager
def opened(source: Source, name: str = "") -> Iterator[InputContainer]:
    """Open a file with the one reader that its first bytes name, and close it in the end.

    Raises:
        ValueError: as `probe`.
    """
    name = call(source, name)
    if isinstance(source, bytes):
        check_length(len(source), name, FILM_BYTES)
    else:
        check_file(source, FILM_BYTES)
    reader = reader_of(source)
    if reader is None:
        raise ValueError(_refusal(source, name))
    with BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb") as unnamed:
        file = _Named(unnamed, name)
        try:
            container = av.open(file, "r", format=reader, options=_options(), metadata_errors="replace")
        except (av.FFmpegError, ValueError, OSError, MemoryError) as error:
            raise ValueError(_damaged(name, error)) from None
        with container:
            if not (container.streams.video or container.streams.audio):
                raise ValueError(_damaged(name, "neither picture nor sound is found in it"))
            yield container


def video_stream(container: InputContainer) -> VideoStream | None:
    """Return the first stream of moving pictures, ready to be decoded, None where there is none.

    Raises:
        ValueError: it has more pixels than 4K or a codec that is not read.
    """
    streams = container.streams.video
    stream = next((one for one in streams if not one.disposition & av.stream.Disposition.attached_pic), None)
    if stream is None:
        return None
    codec = stream.codec_context
    if codec is None:
        raise ValueError(_damaged(container.name, "its codec is unknown"))
    if codec.name not in DECODERS:
        raise ValueError(f"'{container.name}' is coded as {codec.name}, which is not read; save it as H.264 in MP4")
    check_size(codec.width, codec.height, container.name)
    codec.thread_count = min(2, os.cpu_count() or 1)
    codec.thread_type = "AUTO"
    codec.options = {"max_pixels": MAX_CODED}  # a header may promise less than its pictures hold
    return stream


def audio_stream(container: InputContainer, notes: list[str]) -> AudioStream | None:
    """Return the first stream of sound, None where there is none or, which a note tells, none that is read."""
    stream = next(iter(container.streams.audio), None)
    if stream is None:
        return None
    codec = stream.codec_context
    if codec is None or codec.name not in DECODERS or not 4000 <= codec.sample_rate <= 400_000:
        kind = f"{codec.name} at {codec.sample_rate} Hz" if codec else "an unknown codec"
        notes.append(f"the sound is not used: it is coded as {kind}")
        return None
    return stream


def decoded(container: InputContainer, stream: Stream, notes: list[str]) -> Iterator[Any]:
    """Yield the frames that can be decoded of a stream; damaged parts are left out, which a note tells."""
    damaged = False
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, OSError):  # a file that ends early
            damaged = True
            packet = av.Packet()  # makes the decoder hand out what it still holds
            packet.stream = stream
            packets = iter(())
        if packet is None:
            break
        try:
            yield from packet.decode()
        except (av.FFmpegError, ValueError):
            damaged = True
    if damaged:
        kind = "picture" if stream.type == "video" else "sound"
        notes.append(f"parts of the {kind} are damaged and were left out")


def check_size(width: int, height: int, name: str) -> None:
    """Refuse more pixels than 4K.

    Raises:
        ValueError: there are more.
    """
    if not 0 < width * height <= FILM_PIXELS:
        size = f"{width}x{height}" if width else "more than 4K or an unknown number of"  # the reader gave up
        raise ValueError(f"'{name}' is {size} pixels; give a video of at most 3840x2160 (4K)")


def upright(frame: VideoFrame, stream: VideoStream) -> tuple[int, int, int]:
    """Return width and height of the picture as a player shows it, and the quarter turns that lead there."""
    ratio = Fraction(stream.sample_aspect_ratio or 1)
    width = frame.width
    if Fraction(1, 3) <= ratio <= 3 and round(width * ratio) * frame.height <= FILM_PIXELS:  # else not to be believed
        width = max(1, round(width * ratio))
    turn = round(frame.rotation / 90) % 4
    return (frame.height, width, turn) if turn % 2 else (width, frame.height, turn)


def claimed_rate(stream: VideoStream) -> Fraction | None:
    """Return the frames per second that a stream claims, None where it is silent or cannot be believed."""
    rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    return next((Fraction(rate) for rate in rates if rate and 1 <= rate <= 240), None)


class _Named:
    """A file that the reader knows by a harmless name."""

    def __init__(self, file, name: str):
        self.read, self.seek, self.tell, self.name = file.read, file.seek, file.tell, name


def _options() -> dict[str, str]:
    """Limit what a hostile file can ask for; no second file is ever opened."""
    return {
        "protocol_whitelist": "none",
        "codec_whitelist": ",".join(DECODERS),
        "max_streams": "32",
        "max_pixels": MAX_CODED,
    }


def _head(source: Source, length: int) -> bytes:
    if isinstance(source, bytes):
        return source[:length]
    with Path(source).open("rb") as file:
        return file.read(length)


def _refusal(source: Source, name: str) -> str:
    kind = "holds text" if holds_text(_head(source, 1000)) else "is damaged or of another format"
    return f"'{name}' is no video that can be read: it {kind}. Allowed are {FILMS}"


def _damaged(name: str, error: Exception | str) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return f"'{name}' is damaged or incomplete ({reason}); save or download it again"
