"""How fast the maps are: ratios of medians, both sides measured in turns in one run on one machine."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import torch
from torch import Tensor, nn

from sqexplain.insertion import find_block, insert_se
from sqexplain.methods import FullGrad, Method, layer_map, parse, percent_maps
from sqexplain.recording import record
from sqexplain.scaling import heatmaps

SET = ("se", "gradcam", "gradcam++", "eigengradcam", "hirescam", "layercam")
PEERS = ("GradCAM", "GradCAMPlusPlus", "EigenGradCAM", "HiResCAM", "LayerCAM")
LAYER = "layer4"


@dataclass(frozen=True)
class Timing:
    """One comparison: how long `name` takes, how long what it is compared with, and their ratio.

    `ratio` is seconds / against_seconds, or where `aim` starts with ">=" its inverse, "so many times faster". The
    seconds and the ratio are None where the other side is not installed.
    """

    name: str
    seconds: float
    against: str
    against_seconds: float | None
    ratio: float | None
    aim: str
    met: bool | None
    setting: str


Pair = tuple[str, Callable[[], object], str, Callable[[], object] | None, str]


def bench(repeats: int = 3, batch: int = 8, size: int = 224) -> Iterator[Timing]:
    """Yield one Timing per comparison: ResNet50 with random weights and an SE block, on the CPU.

    Maps are counted from the input of the net to heatmaps at its size. Both sides of a comparison run in turns,
    `repeats` times after one run that does not count; medians are compared.

    Raises:
        ValueError: `repeats`, `batch` or `size` is below 1, 1 or 32.
    """
    for name, value, least in (("repeats", repeats, 1), ("batch", batch, 1), ("size", size, 32)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"'{name}' must be a whole number from {least} on, not {value!r}")
    threads = torch.get_num_threads()
    setting = f"ResNet50 (random weights), {size} px, batch {batch}, CPU, {threads} threads, {repeats} repeats"
    for name, run, against, other, aim in _pairs(batch, size):
        yield _compare(name, run, against, other, aim, repeats, setting)


def _pairs(batch: int, size: int) -> list[Pair]:
    """Return what is compared with what."""
    net, plain, inputs = _nets(batch, size)
    features = torch.rand(batch, 2048, size // 32, size // 32)
    gates = torch.rand(batch, 2048)
    peer = _peers(plain, inputs) if find_spec("pytorch_grad_cam") else {}
    six = [parse(name) for name in SET]

    def bare():
        with torch.no_grad():
            return plain(inputs)

    def whole():
        return _maps(net, inputs, six)

    def percentages():
        return percent_maps(features, gates)

    backward = "bare forward and backward to the layer"
    return [
        ("SE map", lambda: _maps(net, inputs, six[:1]), "bare forward", bare, "<= 1.10"),
        ("SE and five gradient maps", whole, backward, lambda: _bare_backward(plain, inputs), "<= 1.25"),
        ("SE and five gradient maps", whole, "the five of grad-cam, one by one", peer.get("five"), ">= 4"),
        ("FullGrad", lambda: _maps(net, inputs, [FullGrad()]), "FullGrad of grad-cam", peer.get("fullgrad"), ">= 3"),
        ("every percentage, cached values", percentages, "bare forward", bare, "<= 0.02"),
    ]


def _nets(batch: int, size: int) -> tuple[nn.Module, nn.Module, Tensor]:
    """Return ResNet50 with an SE block, the same net without, and a batch of noise, always the same."""
    from torchvision.models import resnet50  # slow to import, and only needed here

    inputs = torch.randn(batch, 3, size, size, generator=torch.Generator().manual_seed(0))
    plain, net = resnet50(weights=None).eval(), resnet50(weights=None).eval()
    net.load_state_dict(plain.state_dict())
    return insert_se(net, LAYER, "paper", example=inputs[:1]), plain, inputs


def _maps(net: nn.Module, inputs: Tensor, methods: list[Method]) -> list[Tensor]:
    """Return the heatmaps of every method at the size of the input, from one pass."""
    needs = frozenset().union(*(method.needs for method in methods))
    full = layer_map if "layers" in needs else None
    trace = record(net, inputs, find_block(net)[1], gradients="gradients" in needs, layer_map=full)[2]
    size = inputs.shape[2:]
    return [heatmaps(method(trace), *size, None, method.native, method.interpolation) for method in methods]


def _bare_backward(net: nn.Module, inputs: Tensor) -> Tensor:
    """Run the net as it comes, and differentiate the predicted logits at the explained layer."""
    kept = []
    handle = net.get_submodule(LAYER).register_forward_hook(lambda _module, _args, output: kept.append(output))
    try:
        logits = net(inputs)
    finally:
        handle.remove()
    return torch.autograd.grad(logits.amax(1).sum(), kept[0])[0]


def _peers(net: nn.Module, inputs: Tensor) -> dict[str, Callable[[], object]]:
    """Return the runs of the package grad-cam: its five methods one after another, and its FullGrad."""
    import pytorch_grad_cam as peer

    def call(name: str) -> object:
        layers = [] if name == "FullGrad" else [net.get_submodule(LAYER)[-1]]  # its FullGrad reads all layers
        with getattr(peer, name)(model=net, target_layers=layers) as cam:
            return cam(input_tensor=inputs.clone(), targets=None)

    return {"five": lambda: [call(name) for name in PEERS], "fullgrad": lambda: call("FullGrad")}


def _compare(name: str, run, against: str, other, aim: str, repeats: int, setting: str) -> Timing:
    """Run both sides in turns and compare their medians."""
    sides = [side for side in (run, other) if side is not None]
    seconds = [[] for _ in sides]
    for turn in range(repeats + 1):
        for side, spent in zip(sides, seconds, strict=True):
            start = time.perf_counter()
            side()
            if turn:  # the first turn warms up
                spent.append(time.perf_counter() - start)
    medians = [statistics.median(spent) for spent in seconds]
    if other is None:
        return Timing(name, medians[0], f"{against} (not installed)", None, None, aim, None, setting)
    sign, bound = aim.split()
    ratio = medians[0] / medians[1] if sign == "<=" else medians[1] / medians[0]
    met = ratio <= float(bound) if sign == "<=" else ratio >= float(bound)
    return Timing(name, medians[0], against, medians[1], ratio, aim, met, setting)
