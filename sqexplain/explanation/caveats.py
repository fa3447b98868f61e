"""What a reader of a map has to know, computed from the map and the gates: sentences, each with its pictures."""

from collections.abc import Mapping

import torch
from torch import Tensor

from sqexplain.methods import Method
from sqexplain.methods.se import gates_of
from sqexplain.recording import Trace

EQUAL_GATES = 0.01  # below this standard deviation over the channels the order of the gates says little
CONSTANT_GATES = 0.8  # from this share of variance on, explained by the channel alone, gates hardly follow the picture
STILL_GATES = 0.05  # and below this standard deviation of a gate over the pictures


def map_caveats(method: Method, raws: Tensor) -> dict[str, Tensor]:
    """Return why a map shows nothing: not finite, empty after clipping at zero, or without contrast."""
    finite = raws.isfinite().all((1, 2)) if raws.ndim == 3 else raws.flatten(1).isfinite().all(1)
    shown = raws.nan_to_num(0, 0, 0).clamp(min=0).flatten(1)  # (N, hw)
    low, high = shown.aminmax(dim=1)
    why = "all evidence at this layer speaks against the class" if method.class_specific else "no value is positive"
    return {
        "The map holds values that are not finite; they are shown as 0.": ~finite,
        f"The map is empty: {why}.": high <= 0,
        "The map is equal everywhere and therefore shown as 0: it marks no place.": (high > 0) & (high == low),
    }


def gate_caveats(method: Method, trace: Trace, trained: bool, card: Mapping) -> dict[str, Tensor]:
    """Return where the choice of channels means little: an untrained block, gates that are alike or never change."""
    if "gates" not in method.needs:
        return {}
    gates = gates_of(trace)
    untrained = torch.full((len(gates),), not trained)
    alike = gates.std(1) < EQUAL_GATES  # (N,)
    scores = card.get("scores", {})  # measured on the test pictures of the card
    share, spread = scores.get("channel share", 0.0), scores.get("gate spread", 1.0)
    constant = torch.full_like(untrained, share >= CONSTANT_GATES or spread < STILL_GATES)
    return {
        "The SE block is untrained: which channels it chooses is arbitrary.": untrained,
        "The gates of all channels are nearly equal: their order says little.": alike,
        f"These gates are almost the same for every picture ({share:.0%} of their variance belongs to the channel, "
        f"a gate varies by {spread:.3f}): "
        "the choice of channels says more about the model than about this picture.": constant,
    }
