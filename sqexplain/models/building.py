"""Building the net of a model with fresh weights and an untrained block."""

import torch
from torch import nn

from sqexplain.classifier import Classifier, Spec
from sqexplain.gates import Tap
from sqexplain.gates.insertion import find_block, insert_se
from sqexplain.gates.streams import FUSED, insert_streams
from sqexplain.registry import listing


def build_model(spec: Spec, gates: str, device: str = "auto") -> Classifier:
    """Return the classifier of `spec` with fresh weights and an untrained block: what training starts from."""
    place = choose_device(device)
    net = _build(spec)
    if spec.streams:
        blocks = _insert_streams(net, spec, gates)
        return Classifier(spec, net.to(place), blocks, gates, place)
    insert_se(net, spec.layer, gates, len(spec.classes), torch.zeros(1, 3, *spec.shape))
    return Classifier(spec, net.to(place), {"frames": find_block(net)[1]}, gates, place)


def _build(spec: Spec) -> nn.Module:
    """Return the net of a model; whatever the code that builds it raises is a sentence."""
    try:
        return spec.build().eval()
    except ValueError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())
        raise ValueError(f"the model {spec.name!r} cannot be built ({type(error).__name__}: {said})") from error


def _insert_streams(net: nn.Module, spec: Spec, gates: str) -> dict[str, Tap]:
    """Put a block at the end of each stream of a net for clips, and where they come together."""
    if gates != "none" and gates not in spec.gated:
        there = listing([*spec.gated, "none"])
        raise ValueError(f"{spec.name!r} has no {gates!r} gates; choose one of: {there}")
    frames, sheet = torch.zeros(1, 1, 2, *spec.shape), torch.zeros(1, 1, 13, 8)
    example = {name: sheet if name == "audio" else frames for name in spec.streams}
    places = {**spec.streams, **({FUSED: spec.fusion} if spec.fusion else {})}
    return insert_streams(net, places, gates, spec.gated.get(gates, ()), example)


def choose_device(device: str) -> torch.device:
    """Return the device meant by "auto" or by a name of torch.

    Raises:
        ValueError: there is no such device on this machine.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.empty(0, device=device)
        return torch.device(device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device {device!r} is not available here; take 'auto' or 'cpu'") from error
