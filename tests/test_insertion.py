"""A block is put behind a layer of plain nets of every kind, and a refused one leaves nothing behind."""

import copy
import pickle

import pytest
import torch
import torch.nn.functional as F
from plain_nets import PICTURE, Net, conv, fingerprint, head, plain
from torch import nn

from sqexplain.gates import ClassSqueezeExcite, SqueezeExcite, Tap
from sqexplain.gates.insertion import find_block, insert_se
from sqexplain.models.imagenet import IMAGENET


def test_a_named_layer_is_taken_where_the_search_gives_up():
    net = nn.Sequential(conv(3, 8), nn.Conv2d(8, 5, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    insert_se(net, layer="0", example=PICTURE)
    name, block = find_block(net)
    assert name == "0.2", "a plain Sequential stands for its last child"
    assert block.reduce.in_features == 8


def test_several_inputs_need_a_named_layer():
    net = Net(lambda m, a, b: m.fc(m.c(a + b).mean((2, 3))), c=conv(3, 8), fc=nn.Linear(8, 2))
    with pytest.raises(ValueError, match="missing 1 required positional argument"):
        insert_se(net)
    with pytest.raises(ValueError, match="several inputs"):
        insert_se(net, example=(PICTURE, PICTURE))
    insert_se(net, "c", example=(PICTURE, PICTURE))
    assert find_block(net)[0] == "c.2"


def test_a_refused_insertion_leaves_the_net_as_it_was():
    class Iterating(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = conv(3, 8), nn.Conv2d(8, 8, 3)

        def forward(self, x):
            for module in self.children():
                x = module(x)
            return F.relu(x)

    net = nn.Sequential(Iterating(), head(8))
    before = fingerprint(net)
    with pytest.raises(ValueError, match="layer '0' runs its children one by one"):
        insert_se(net, example=PICTURE)
    with pytest.raises(ValueError, match="does not run"):
        insert_se(net, "0.b", SqueezeExcite(7), example=PICTURE)
    assert fingerprint(net) == before


def test_a_net_that_overwrites_its_input_does_not_change_the_example():
    net = Net(lambda m, x: m.n(x.mul_(2)), n=plain())
    picture = PICTURE.clone()
    insert_se(net, example=picture)
    assert torch.equal(picture, PICTURE)


# ------------------------------------------------------------------------------------------------------- the block


def test_the_block_scales_the_map_that_the_head_sees():
    net = plain().eval()
    insert_se(net, block="sparse", example=PICTURE)
    block = find_block(net)[1]
    seen = []
    block.register_forward_hook(lambda _, args, out: seen.append((args[0], out)))
    logits = net(PICTURE)
    before, after = seen[0]
    torch.testing.assert_close(after, before * block.gates(before)[:, :, None, None])
    torch.testing.assert_close(logits, net[2](after))


def test_a_checkpoint_with_half_a_block_is_refused():
    net = insert_se(plain(), block="sparse", example=PICTURE)
    half = net.state_dict()
    del half["1.2.squeeze_excite.expand.bias"]
    with pytest.raises(RuntimeError, match=r"1.2.squeeze_excite.expand.bias"):
        net.load_state_dict(half)


def test_other_missing_keys_are_still_missed():
    net = insert_se(plain(), example=PICTURE)
    state = plain().state_dict()
    del state["0.0.weight"]
    with pytest.raises(RuntimeError, match=r"Missing key.*0\.0\.weight"):
        net.load_state_dict(state)


def copied(net):
    return copy.deepcopy(net)


def reloaded(net):
    fresh = insert_se(plain(), block="class", example=PICTURE)
    fresh.load_state_dict(copy.deepcopy(net.state_dict()))
    return fresh


@pytest.mark.parametrize("again", [copied, reloaded], ids=["deepcopy", "state dict"])
def test_a_net_with_a_block_survives(again):
    net = insert_se(plain(), block="class", example=PICTURE).eval()
    find_block(net)[1].trained.fill_(True)
    other = again(net).eval()
    name, block = find_block(other)
    assert name == "1.2"
    assert block.trained
    assert block is not find_block(net)[1]
    maps = torch.randn(1, 16, 4, 4)
    torch.testing.assert_close(block.gates(maps, torch.tensor([1])), find_block(net)[1].gates(maps, torch.tensor([1])))
    torch.testing.assert_close(other(PICTURE), net(PICTURE))
    other.load_state_dict(plain().state_dict(), strict=True)


def test_a_net_with_a_block_can_be_pickled_whole():
    net = insert_se(plain(), example=PICTURE).eval()
    torch.testing.assert_close(pickle.loads(pickle.dumps(net))(PICTURE), net(PICTURE))


def test_block_and_net_train_together_through_an_in_place_successor():
    net = Net(
        lambda m, x: m.fc(F.relu(m.c(x), inplace=True).mean((2, 3))), c=nn.Conv2d(3, 8, 3), fc=nn.Linear(8, 2)
    ).train()
    insert_se(net, block="sparse", example=PICTURE)
    assert find_block(net)[0] == "c"
    net(PICTURE).square().sum().backward()
    assert all(weight.grad is not None for weight in net.parameters())


def test_the_block_takes_mode_and_type_of_the_net():
    net = plain().double().eval()
    insert_se(net, example=PICTURE)
    block = find_block(net)[1]
    assert not block.training
    assert block.reduce.weight.dtype == torch.float64
    assert block.trained.dtype == torch.bool
    assert net.train() is net
    assert block.training


def test_a_block_of_the_users_own_is_taken():
    block = ClassSqueezeExcite(16, 4)
    net = insert_se(plain(), block=block, example=PICTURE)
    assert find_block(net) == ("1.2", block)


def test_the_number_of_classes_is_the_width_of_the_output():
    block = find_block(insert_se(plain(), block="class", example=PICTURE))[1]
    assert block.shape == (4, 16)


# ---------------------------------------------------------------------------------------------------- wrong requests


def test_a_second_block_is_refused():
    net = insert_se(plain(), example=PICTURE)
    with pytest.raises(ValueError, match=r"has a block already, '1.2.squeeze_excite'"):
        insert_se(net, example=PICTURE)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("layer4.5", "unknown layer 'layer4.5'. Did you mean 'layer4"),
        ("layer4.0.relu", "gives 2 tensors in one forward pass"),
        ("fc", r"gives \(1, 1000\), not a map"),
    ],
)
def test_a_wrong_layer_is_refused_in_words(layer, words):
    with pytest.raises(ValueError, match=words):
        insert_se(IMAGENET["resnet18"].build(), layer, example=torch.randn(1, 3, 64, 64))


def test_a_container_that_iterates_is_refused():
    with pytest.raises(ValueError, match="is a _DenseBlock that runs its children one by one"):
        insert_se(IMAGENET["densenet121"].build(), "features.denseblock4", example=torch.randn(1, 3, 64, 64))


def test_a_net_without_a_block_says_what_to_do():
    with pytest.raises(ValueError, match=r"no block. Call insert_se"):
        find_block(plain())


def test_a_tap_only_reads():
    net = plain().eval()
    before = net(PICTURE)
    insert_se(net, block="none", example=PICTURE)
    assert type(find_block(net)[1]) is Tap
    assert torch.equal(net(PICTURE), before)
