"""ResNet50 and InceptionV3: their last maps, how they start, one step of learning, and the estimate of its length."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
import torchvision
from halves import epochs, stop_after

from sqexplain.evaluation.speed.estimating import PASSES, forward_flops, training_flops
from sqexplain.explanation import explain
from sqexplain.learning import RECIPES, Recipe, train
from sqexplain.models import build_model
from sqexplain.models.checkpoint import load_state
from sqexplain.models.large import LARGE, Enlarged, build_resnet50, start_from
from sqexplain.sample import Sample

MAPS = {"cifar": {"resnet50": (7, 7), "inception_v3": (8, 8)}, "celeba": {"resnet50": (7, 6), "inception_v3": (5, 4)}}
SMALL = replace(LARGE["cifar10-resnet50"], build=partial(build_resnet50, 10, 64))


@pytest.mark.parametrize("name", LARGE)
def test_the_last_map_is_as_fine_as_it_is_said_to_be(name):
    spec, found = LARGE[name], []
    with torch.device("meta"):
        net = spec.build().eval()
        net.get_submodule(spec.layer).register_forward_hook(lambda _module, _args, output: found.append(output.shape))
        logits = net(torch.empty(1, 3, *spec.shape))
    data, _, family = name.partition("-")
    assert logits.shape == (1, len(spec.classes))
    assert found[0] == (1, 2048, *MAPS["celeba" if data == "celeba" else "cifar"][family])
    assert name in RECIPES


def test_it_learns_a_step_goes_on_and_is_explained(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    labels, recipe = np.arange(4), Recipe(epochs=2, batch=2, half=False)
    checkpoint = tmp_path / "run.checkpoint"
    torch.manual_seed(0)
    stop_after(train(build_model(SMALL, "paper", "cpu"), (images, labels), recipe, checkpoint=checkpoint), 1)
    classifier = build_model(SMALL, "paper", "cpu")
    assert [row.number for row in epochs(train(classifier, (images, labels), recipe, checkpoint=checkpoint))] == [2]
    se, cam = explain(classifier, Sample("noise", images[:1]), ("se", "gradcam"))
    assert se.raws.shape == cam.raws.shape == (1, 2, 2)
    assert se.channels.tolist() == [205]  # ceil of a tenth of 2048


def test_weights_of_imagenet_are_a_start_with_a_fresh_head():
    torch.manual_seed(0)
    published = torchvision.models.resnet50().state_dict()
    net = build_model(SMALL, "paper", "cpu").net
    head = net.net.fc.weight.clone()
    load_state(net, start_from(net, published), "resnet50.pth")
    assert torch.equal(net.net.conv1.weight, published["conv1.weight"])
    assert torch.equal(net.net.fc.weight, head)
    again = start_from(net, net.state_dict())
    assert again.keys() == net.state_dict().keys()


def test_weights_of_another_net_are_refused():
    net = build_model(SMALL, "none", "cpu").net
    with pytest.raises(ValueError, match="of another net"):
        load_state(net, start_from(net, torchvision.models.resnet18().state_dict()), "resnet18.pth")


def test_enlarging_keeps_a_plain_picture_plain():
    shown = Enlarged(torch.nn.Identity(), 9)(torch.full((2, 3, 4, 4), 0.25))
    assert shown.shape == (2, 3, 9, 9)
    assert torch.allclose(shown, torch.tensor(0.25))


def test_operations_are_counted_by_hand_on_one_layer():
    spec = replace(SMALL, build=lambda: torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 32 * 32, 10)))
    assert (
        training_flops(forward_flops(spec), 7, 2) == PASSES * 2 * 3 * 32 * 32 * 10 * 7 * 2
    )  # a product and a sum for each weight
