"""Maps of pictures against bare passes of the same net, and against the package grad-cam."""

from collections.abc import Callable
from importlib.util import find_spec

import torch
from torch import Tensor, nn

from sqexplain.evaluation.speed.comparing import Pair
from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.gates.insertion import find_block, insert_se
from sqexplain.methods import FullGrad, Method, layer_map, parse, percent_maps
from sqexplain.recording import record

SET = ("se", "gradcam", "gradcam++", "eigengradcam", "hirescam", "layercam")
PEERS = ("GradCAM", "GradCAMPlusPlus", "EigenGradCAM", "HiResCAM", "LayerCAM")
LAYER = "layer4"


def pairs(batch: int, size: int) -> list[Pair]:
    """Return what is compared with what: ResNet50 with random weights and an SE block."""
    net, plain, inputs = nets(batch, size)
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


def nets(batch: int, size: int) -> tuple[nn.Module, nn.Module, Tensor]:
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
    blocks = {"frames": find_block(net)[1]}
    trace = record(net, {"frames": inputs}, blocks, gradients="gradients" in needs, layer_map=full)[2]["frames"]
    height, width = inputs.shape[2:]
    return [heatmaps(method(trace), height, width, None, method.native, method.interpolation) for method in methods]


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
        layers = (
            [] if name == "FullGrad" else [list(net.get_submodule(LAYER).children())[-1]]
        )  # its FullGrad reads all layers
        with getattr(peer, name)(model=net, target_layers=layers) as cam:
            return cam(input_tensor=inputs.clone(), targets=None)

    return {"five": lambda: [call(name) for name in PEERS], "fullgrad": lambda: call("FullGrad")}
