"""Files to arrays and back: pictures, video, sound and tables; the only user of Pillow and PyAV."""

from sqexplain.media.containers import FILM_BYTES, FILM_SUFFIXES, FILMS, Source, VideoInfo, opened, probe, reader_of
from sqexplain.media.folders import home
from sqexplain.media.loudness import loudness, onsets, sound_spans
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
)
from sqexplain.media.sound import RATE, resample, sound
from sqexplain.media.spectrograms import log_mel, mel_frequencies, mfcc
from sqexplain.media.video import FPS, MAX_SECONDS, frames
from sqexplain.media.video_writer import write_video
from sqexplain.media.writing import (
    Cell,
    atomic_write,
    atomic_writes,
    csv_bytes,
    csv_cell,
    csv_lines,
    npz_bytes,
    write_bytes,
    write_csv,
    write_files,
)

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
    "Cell",
    "Source",
    "VideoInfo",
    "atomic_write",
    "atomic_writes",
    "check_file",
    "csv_bytes",
    "csv_cell",
    "csv_lines",
    "decode_image",
    "encode_jpeg",
    "encode_png",
    "frames",
    "home",
    "log_mel",
    "loudness",
    "mel_frequencies",
    "mfcc",
    "npz_bytes",
    "onsets",
    "opened",
    "probe",
    "read_bytes",
    "reader_of",
    "resample",
    "shrink",
    "sound",
    "sound_spans",
    "write_bytes",
    "write_csv",
    "write_files",
    "write_video",
]
