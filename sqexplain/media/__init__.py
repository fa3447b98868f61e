"""Files to arrays and back: pictures, video and sound; the only user of Pillow and PyAV."""

from sqexplain.media.containers import FILM_BYTES, FILM_SUFFIXES, FILMS, Source, VideoInfo, opened, probe, reader_of
from sqexplain.media.folders import home
from sqexplain.media.pictures import (
    ALLOWED,
    FORMATS,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    MIN_SIDE,
    SUFFIXES,
    check_file,
    decode_image,
    encode_jpeg,
    encode_png,
    read_bytes,
    shrink,
    write_bytes,
)
from sqexplain.media.sound import RATE, log_mel, mfcc, sound
from sqexplain.media.video import FPS, MAX_SECONDS, frames
from sqexplain.media.writing import write_video

__all__ = [
    "ALLOWED",
    "FILMS",
    "FILM_BYTES",
    "FILM_SUFFIXES",
    "FORMATS",
    "FPS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_SECONDS",
    "MAX_SIDE",
    "MIN_SIDE",
    "RATE",
    "SUFFIXES",
    "Source",
    "VideoInfo",
    "check_file",
    "decode_image",
    "encode_jpeg",
    "encode_png",
    "frames",
    "home",
    "log_mel",
    "mfcc",
    "opened",
    "probe",
    "read_bytes",
    "reader_of",
    "shrink",
    "sound",
    "write_bytes",
    "write_video",
]
