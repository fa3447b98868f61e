"""Our maps are those of the package `grad-cam`, pixel by pixel, on nets with randomised batch-norm statistics."""

import copy
from functools import cache

import numpy as np
import pytest
import pytorch_grad_cam as oracle
import torch
from conftest import TinyNet, randomise
from torch import nn
from torchvision import models

from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.gates.insertion import find_block, insert_se
from sqexplain.methods import METHODS, layer_map, parse
from sqexplain.recording import record

TOLERANCE = 1e-5

PEERS = {
    "gradcam": "GradCAM",
    "gradcam++": "GradCAMPlusPlus",
    "xgradcam": "XGradCAM",
    "hirescam": "HiResCAM",
    "layercam": "LayerCAM",
    "eigencam:sign=numpy": "EigenCAM",
    "eigengradcam:sign=numpy": "EigenGradCAM",
    "fullgrad": "FullGrad",
}


class CifarNet(nn.Module):
    """A small residual net for 32 x 32 pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1), nn.BatchNorm2d(16), nn.ReLU())
        self.down = nn.Sequential(nn.Conv2d(16, 32, 3, 4, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU())
        self.branch = nn.Sequential(nn.Conv2d(32, 32, 3, 1, 1, bias=False), nn.BatchNorm2d(32))
        self.last = nn.Sequential(nn.Identity())
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        x = self.down(self.stem(x))
        x = self.last(torch.relu(x + self.branch(x)))
        return self.head(x.mean((2, 3)))


class Vgg(nn.Module):
    """The features of VGG-11 with batch norm; the classifier, of a hundred million weights, is one small layer."""

    def __init__(self) -> None:
        super().__init__()
        self.features = models.vgg.make_layers(models.vgg.cfgs["A"], batch_norm=True)
        self.classifier = nn.Linear(512 * 2 * 2, 20)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


@cache
def make(name: str) -> tuple[nn.Module, str, int]:
    """Return a net in eval mode, the layer to explain and the size of its input; copy the net before it is changed."""
    torch.manual_seed(0)
    if name == "cifar":
        return randomise(CifarNet()), "last", 32
    if name == "vgg11_bn":
        return randomise(Vgg()), "features", 64
    return randomise(models.resnet18(weights=None, num_classes=20)), "layer4", 64


def ours(net: nn.Module, layer: str, inputs: torch.Tensor, targets: torch.Tensor, text: str) -> np.ndarray:
    net = insert_se(copy.deepcopy(net), layer, "none", example=inputs[:1])
    method = parse(text)
    full = layer_map if "layers" in method.needs else None
    trace = record(net, {"frames": inputs}, {"frames": find_block(net)[1]}, targets, layer_map=full)[2]["frames"]
    return heatmaps(method(trace), *inputs.shape[2:], None, method.native, method.interpolation).numpy()


def theirs(net: nn.Module, layer: str, inputs: torch.Tensor, targets: torch.Tensor, name: str) -> np.ndarray:
    net = copy.deepcopy(net)  # the package leaves gradients in every parameter
    outputs = [oracle.utils.model_targets.ClassifierOutputTarget(int(target)) for target in targets]
    with getattr(oracle, name)(model=net, target_layers=[net.get_submodule(layer)[-1]]) as cam:
        return cam(input_tensor=inputs.clone(), targets=outputs)


@pytest.mark.parametrize("net_name", ["cifar", "resnet18", "vgg11_bn"])
@pytest.mark.parametrize("text", PEERS)
def test_maps_equal_those_of_grad_cam(net_name, text):
    net, layer, size = make(net_name)
    torch.manual_seed(1)
    inputs, targets = torch.randn(3, 3, size, size), torch.tensor([1, 7, 4])
    found, wanted = (ask(net, layer, inputs, targets, name) for ask, name in ((ours, text), (theirs, PEERS[text])))
    assert wanted.max() > 0.99
    assert np.abs(found - wanted).max() < TOLERANCE


@pytest.mark.parametrize("text", ["eigencam", "eigengradcam"])
def test_the_stable_sign_changes_nothing_but_the_sign(text):
    net, layer, size = make("resnet18")
    net = copy.deepcopy(net)
    inputs, targets = torch.randn(4, 3, size, size), torch.tensor([1, 7, 4, 0])
    net = insert_se(net, layer, "none", example=inputs[:1])
    trace = record(net, {"frames": inputs}, {"frames": find_block(net)[1]}, targets)[2]["frames"]
    stable, peer = parse(text)(trace), parse(f"{text}:sign=numpy")(trace)
    signs = torch.where((stable - peer).abs().amax((1, 2)) < (stable + peer).abs().amax((1, 2)), 1, -1)
    scale = peer.abs().amax((1, 2))
    assert ((stable - signs[:, None, None] * peer).abs().amax((1, 2)) / scale).max() < TOLERANCE


def test_every_method_that_grad_cam_has_is_compared():
    without_peer = {"se", "se_class", "se_evidence"} | {name for name, method in METHODS.items() if method.control}
    assert {text.split(":")[0] for text in PEERS} == set(METHODS) - without_peer


def test_fullgrad_pairs_biases_by_module_where_layers_run_in_another_order_than_they_are_defined():
    class Swapped(TinyNet):
        def __init__(self):
            super().__init__()
            self.norm, self.last = (lambda norm, last: (norm, last))(self.norm, self.last)

    torch.manual_seed(0)
    straight, swapped = randomise(TinyNet()), Swapped()
    modules = dict(swapped.named_children())
    swapped._modules.clear()
    swapped._modules.update({name: modules[name] for name in ("head", "relu", "norm", "last", "stem")})
    swapped.load_state_dict(straight.state_dict())
    swapped.eval()
    inputs, targets = torch.randn(2, 3, 16, 16), torch.tensor([0, 3])
    maps = [ours(net, "relu", inputs, targets, "fullgrad") for net in (straight, swapped)]
    assert np.array_equal(*maps)
