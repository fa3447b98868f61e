"""How long a training run would take: operations counted, the speed assumed. An estimate, never a measurement."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from sqexplain.classifier import Spec

PASSES = 3  # forward, gradient of the maps, gradient of the weights: about as many operations each
GPU = 5e13  # operations a second that a data-centre GPU is assumed to sustain in bfloat16, far below its peak


def forward_flops(spec: Spec) -> int:
    """Return the operations of a forward pass of one picture; nothing is computed, so no weight is made."""
    with torch.device("meta"):
        net = spec.build().eval()
        picture = torch.empty(1, 1 if spec.grey else 3, *spec.shape)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(picture)
    return counter.get_total_flops()


def training_flops(forward: int, pictures: int, epochs: int) -> float:
    """Return the operations of `epochs` passes over `pictures` pictures of `forward` operations each."""
    return float(PASSES * forward * pictures * epochs)


def estimate_text(forward: int, pictures: int, epochs: int, rate: float = GPU) -> str:
    """Return the estimate as a phrase; `forward` are the operations of one picture, `rate` those of a second."""
    flops = training_flops(forward, pictures, epochs)
    return (
        f"about {flops / rate / 60:.0f} minutes on a GPU that sustains {rate / 1e12:.0f} TFLOP/s "
        f"({epochs} epochs of {pictures:,} pictures, {flops:.1e} operations; an estimate)"
    )
