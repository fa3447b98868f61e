"""Files to arrays and back: pictures, video and sound; the only user of Pillow and PyAV."""

from sqexplain.media.pictures import (
    ALLOWED,
    FORMATS,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    MIN_SIDE,
    SUFFIXES,
    decode_image,
    encode_jpeg,
    encode_png,
    read_bytes,
    shrink,
    write_bytes,
)
from sqexplain.media.sound import RATE, log_mel, mfcc

__all__ = [
    "ALLOWED",
    "FORMATS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "MIN_SIDE",
    "RATE",
    "SUFFIXES",
    "decode_image",
    "encode_jpeg",
    "encode_png",
    "log_mel",
    "mfcc",
    "read_bytes",
    "shrink",
    "write_bytes",
]
