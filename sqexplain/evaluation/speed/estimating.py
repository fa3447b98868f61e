"""How long a training run would take: operations counted, the speed assumed. An estimate, never a measurement."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from sqexplain.classifier import Spec

PASSES = 3  # forward, gradient of the maps, gradient of the weights: about as many operations each
GPU = 5e13  # operations a second that a data-centre GPU is assumed to sustain in bfloat16, far below its peak


def training_flops(spec: Spec, pictures: int, epochs: int) -> float:
    """Return the operations of `epochs` passes over `pictures` pictures; nothing is computed, so no weight is made."""
    with torch.device("meta"):
        net = spec.build().eval()
        picture = torch.empty(1, 1 if spec.grey else 3, *spec.shape)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(picture)
    return float(PASSES * counter.get_total_flops() * pictures * epochs)


def estimate_text(spec: Spec, pictures: int, epochs: int, rate: float = GPU) -> str:
    """Return the estimate as a phrase; `rate` in operations a second."""
    flops = training_flops(spec, pictures, epochs)
    return (
        f"about {flops / rate / 60:.0f} minutes on a GPU that sustains {rate / 1e12:.0f} TFLOP/s "
        f"({epochs} epochs of {pictures:,} pictures, {flops:.1e} operations; an estimate)"
    )
