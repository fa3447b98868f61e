"""Puts a block at every named place of a net for clips, where one map per stream comes by with its context."""

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor, nn

from sqexplain.gates import ClipSqueezeExcite, FrameSqueezeExcite, Tap
from sqexplain.gates.insertion import attach

POOLING = {"audio": "mean"}  # how the heads pool a stream's map over its places; the others by the largest value
FUSED = "fusion"  # the place where the streams come together: it has gates, but no map to look at


def insert_streams(
    net: nn.Module, places: Mapping[str, str], gates: str, gated: tuple[str, ...], example: Mapping[str, Tensor]
) -> dict[str, Tap]:
    """Put a block behind each of the layers `places` of `net`, in place, and return the blocks by stream.

    Args:
        net: a net for clips whose places are called with the map first, then its context.
        places: stream -> dotted name of the layer; "fusion" names the place where streams come together.
        gates: "none", "paper" (one vector per clip, which scales) or "sparse" (one per frame, which only reads).
        gated: streams that get gates; the others get a tap.
        example: inputs that the net takes, by stream.
    """
    called: dict[str, tuple[Tensor, ...]] = {}

    def note(stream: str, _module: nn.Module, args: tuple) -> None:
        called[stream] = args

    handles = [
        net.get_submodule(layer).register_forward_pre_hook(partial(note, stream)) for stream, layer in places.items()
    ]
    try:
        with torch.no_grad():
            net.eval()(**example)
    finally:
        for handle in handles:
            handle.remove()
    blocks = {}
    for stream, layer in places.items():
        kind = gates if stream in gated else "none"
        blocks[stream] = make_stream_block(stream, kind, called[stream])
        attach(net.get_submodule(layer), blocks[stream])
    return blocks


def make_stream_block(stream: str, kind: str, args: tuple[Tensor, ...]) -> Tap:
    """Return the untrained block for a stream whose place was called with `args`, the map (B, C, ...) first."""
    channels, layout = args[0].shape[1], "clip" if args[0].ndim == 5 else "sheet"
    if kind == "paper":
        return ClipSqueezeExcite(channels, layout=layout)
    if kind == "sparse":
        context = args[1].shape[2] if len(args) > 1 else 0
        pooling = "mean" if stream == FUSED else POOLING.get(stream, "max")
        return FrameSqueezeExcite(channels, context, pooling, layout)
    return Tap(layout)
