"""The blocks an explained net carries at its last maps: taps, Squeeze-and-Excitation gates for pictures and clips."""

from sqexplain.gates.blocks import (
    FULL_CLASSES,
    KINDS,
    LAYOUTS,
    ClassSqueezeExcite,
    SqueezeExcite,
    Tap,
    make_block,
    pool,
    register_scale,
    required,
)
from sqexplain.gates.temporal import ClipSqueezeExcite, FrameSqueezeExcite

__all__ = [
    "FULL_CLASSES",
    "KINDS",
    "LAYOUTS",
    "ClassSqueezeExcite",
    "ClipSqueezeExcite",
    "FrameSqueezeExcite",
    "SqueezeExcite",
    "Tap",
    "make_block",
    "pool",
    "register_scale",
    "required",
]
