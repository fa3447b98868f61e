"""Finding the layer to explain, and putting a block behind it, in torchvision's families."""

import copy

import pytest
import torch
from torch import nn

from sqexplain.gates.insertion import feature_layer, find_block, insert_se
from sqexplain.models.imagenet import IMAGENET

# One small net of every kind of block and head, and the smallest picture side that leaves it a map.
FAMILIES = {
    "alexnet": 96,
    "convnext_tiny": 64,
    "densenet121": 64,
    "efficientnet_b0": 64,
    "efficientnet_v2_s": 64,
    "googlenet": 64,
    "inception_v3": 139,
    "maxvit_t": 224,
    "mnasnet0_5": 64,
    "mobilenet_v2": 64,
    "mobilenet_v3_small": 64,
    "regnet_x_400mf": 64,
    "regnet_y_400mf": 64,
    "resnet18": 64,
    "resnext50_32x4d": 64,
    "shufflenet_v2_x0_5": 64,
    "squeezenet1_1": 64,
    "swin_t": 64,
    "swin_v2_t": 64,
    "vgg11_bn": 64,
    "vit_b_32": 224,
}
CLOSED = ["densenet121", "resnet18", "squeezenet1_1", "swin_t", "vit_b_32"]


@pytest.fixture(scope="module")
def fresh():
    """Return a net of a family in eval mode; those that two tests take are set up once."""
    nets = {}

    def build(name: str) -> nn.Module:
        torch.manual_seed(0)
        if name not in CLOSED:
            return IMAGENET[name].build().eval()
        if name not in nets:
            nets[name] = IMAGENET[name].build().eval()
        return copy.deepcopy(nets[name])

    return build


@pytest.fixture
def without_values(monkeypatch):
    """Let nets be built without drawing their weights, where only shapes count."""
    for name in ("kaiming_normal_", "kaiming_uniform_", "normal_", "uniform_", "trunc_normal_", "ones_", "zeros_"):
        monkeypatch.setattr(nn.init, name, lambda tensor, *_, **__: tensor)


@pytest.mark.parametrize("name", IMAGENET)
@pytest.mark.usefixtures("without_values")
def test_the_layer_of_the_table_is_the_one_that_is_found(name):
    spec = IMAGENET[name]
    try:
        with torch.device("meta"):  # shapes and graph without arithmetic
            net = spec.build()
    except NotImplementedError:  # regnets compute their widths with tensors
        net = spec.build().to("meta")
    layer = feature_layer(net, torch.empty(1, 3, spec.size, spec.size, device="meta"))
    assert layer.name == spec.layer
    assert layer.h == layer.w > 5
    assert layer.channels > layer.w


@pytest.mark.parametrize(("name", "size"), FAMILIES.items())
def test_every_family_takes_a_block_and_an_old_checkpoint(name, size, fresh):
    net = fresh(name)
    old = copy.deepcopy(net.state_dict())
    pictures = torch.randn(2, 3, size, size)
    with torch.no_grad():
        before = net(pictures)
        insert_se(net, block="class", example=pictures)
        torch.testing.assert_close(net(pictures), before, rtol=0, atol=0)
        assert set(old) < set(net.state_dict())
        net.load_state_dict(old, strict=True)
        maps = []
        block = find_block(net)[1]
        handle = block.register_forward_hook(lambda module, _, out: maps.append(module.to_maps(out)))
        net(pictures)
        handle.remove()
    assert len(maps) == 1
    assert maps[0].shape[-1] > 1
    assert block.gates(maps[0], torch.tensor([0, 999])).shape == maps[0].shape[:2]


@pytest.mark.parametrize("name", CLOSED)
def test_closed_gates_take_all_evidence_from_the_decision(name, fresh):
    net = fresh(name)
    pictures = torch.randn(2, 3, FAMILIES[name], FAMILIES[name])
    insert_se(net, block="sparse", example=pictures)
    block = find_block(net)[1]
    with torch.no_grad():
        if name == "vit_b_32":
            net.heads.head.weight.normal_()  # it starts at zero
        apart = (net(pictures)[0] - net(pictures)[1]).abs().max()
        block.expand.bias.fill_(-100)
        closed = (net(pictures)[0] - net(pictures)[1]).abs().max()
    if name == "vit_b_32":  # the class token has seen the patches in earlier blocks
        assert (closed - apart).abs() > 1e-5
    else:
        assert closed < 1e-5 < apart


def test_the_auxiliary_outputs_stay_out_of_it():
    net = IMAGENET["inception_v3"].build().train()
    insert_se(net, example=torch.randn(1, 3, 299, 299))
    assert find_block(net)[0] == "Mixed_7c"
    assert net.training
    assert net.AuxLogits.training
    outputs = net(torch.randn(2, 3, 299, 299))
    assert outputs.aux_logits.shape == outputs.logits.shape == (2, 1000)


def test_without_an_example_a_usual_size_is_tried():
    assert str(feature_layer(IMAGENET["resnet18"].build())) == "layer4.1 (512 x 7 x 7)"
