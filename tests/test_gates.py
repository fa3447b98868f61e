"""The blocks: gates computed by hand, layouts, identity, class rows."""

import math

import pytest
import torch
from torch import nn

from sqexplain.gates import KINDS, ClassSqueezeExcite, SqueezeExcite, Tap, make_block, pool


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


@pytest.fixture
def small():
    """Two channels, one hidden unit: relu(g0 - 2 g1), then 1 and -3 times that."""
    block = SqueezeExcite(2, reduction=2)
    with torch.no_grad():
        block.reduce.weight.copy_(torch.tensor([[1.0, -2.0]]))
        block.expand.weight.copy_(torch.tensor([[1.0], [-3.0]]))
    return block


# Means 5 and 1: hidden unit 5 - 2 = 3.
MAPS = torch.tensor([[[[2.0, 8.0]], [[0.0, 2.0]]]])


def test_gates_are_the_numbers_computed_by_hand(small):
    expected = torch.tensor([[sigmoid(3), sigmoid(-9)]])
    torch.testing.assert_close(small.gates(MAPS), expected)
    torch.testing.assert_close(small.gates_from_pooled(torch.tensor([[5.0, 1.0]])), expected)


def test_a_negative_hidden_unit_leaves_the_gates_at_one_half(small):
    assert small.gates_from_pooled(torch.tensor([[1.0, 4.0]])).tolist() == [[0.5, 0.5]]


def test_the_block_scales_every_channel_by_its_gate(small):
    expected = MAPS * torch.tensor([sigmoid(3), sigmoid(-9)])[None, :, None, None]
    torch.testing.assert_close(small(MAPS), expected)


def test_each_picture_of_a_batch_has_its_own_gates(small):
    batch = torch.cat([MAPS, -MAPS, 2 * MAPS])
    together = small.gates(batch)
    torch.testing.assert_close(together, torch.cat([small.gates(row[None]) for row in batch]))
    assert together[0, 0] != together[1, 0]


def test_z_scores_are_taken_before_the_first_layer():
    block = SqueezeExcite(2, reduction=2, mean=torch.tensor([4.0, 3.0]), std=torch.tensor([0.5, 2.0]))
    with torch.no_grad():
        block.reduce.weight.copy_(torch.tensor([[1.0, -2.0]]))
        block.expand.weight.copy_(torch.tensor([[1.0], [0.0]]))
    # (5 - 4) / .5 - 2 (1 - 3) / 2 = 4
    torch.testing.assert_close(block.gates(MAPS), torch.tensor([[sigmoid(4), 0.5]]))


@pytest.mark.parametrize("layout", ["NHWC", "tokens"])
def test_other_layouts_give_the_same_gates_and_the_same_scaled_map(layout):
    torch.manual_seed(0)
    maps = torch.randn(2, 8, 3, 3)
    plain = SqueezeExcite(8, reduction=2)
    block = SqueezeExcite(8, reduction=2, layout=layout)
    block.load_state_dict(plain.state_dict())
    if layout == "NHWC":
        held = maps.permute(0, 2, 3, 1)
    else:
        held = torch.cat([torch.full((2, 1, 8), 7.0), maps.flatten(2).transpose(1, 2)], dim=1)
    torch.testing.assert_close(block.to_maps(held), maps)
    out = block(held)
    assert out.shape == held.shape
    torch.testing.assert_close(block.to_maps(out), plain(maps))
    if layout == "tokens":
        assert (out[:, 0] == 7).all(), "the class token is no part of the map"


def test_tokens_that_are_no_square_are_refused():
    with pytest.raises(ValueError, match="8 tokens are not a class token and a square"):
        Tap("tokens").to_maps(torch.zeros(1, 8, 4))


@pytest.mark.parametrize("classes", [3, 50], ids=["own layers", "factorised"])
def test_class_gates_are_the_row_of_the_target(classes):
    torch.manual_seed(0)
    block = ClassSqueezeExcite(8, classes)
    maps = torch.randn(4, 8, 2, 2)
    targets = torch.tensor([0, 2, 1, classes - 1])
    every = block.all_gates(pool(maps))
    assert every.shape == (4, classes, 8)
    torch.testing.assert_close(block.gates(maps, targets), every[torch.arange(4), targets])
    assert (every[:, 0] != every[:, 1]).any()


def test_factorised_class_gates_are_the_numbers_computed_by_hand():
    block = ClassSqueezeExcite(2, 41, reduction=2)
    with torch.no_grad():
        block.reduce.weight.copy_(torch.tensor([[1.0, 1.0]]))
        block.reduce.bias.fill_(-1)
        block.channel_factor.copy_(torch.tensor([[0.5], [-1.0]]))
        block.class_factor.zero_()
        block.class_factor[7] = 2
        block.offset[7] = torch.tensor([0.25, 3.0])
    gates = block.gates_from_pooled(torch.tensor([[1.0, 2.0]]), torch.tensor([7]))  # hidden unit 2
    torch.testing.assert_close(gates, torch.tensor([[sigmoid(0.5 * 2 * 2 + 0.25), sigmoid(-1 * 2 * 2 + 3)]]))


def test_class_gates_leave_the_map_untouched():
    maps = torch.randn(2, 8, 2, 2)
    assert ClassSqueezeExcite(8, 3)(maps) is maps


@pytest.mark.parametrize("targets", [None, torch.tensor([0])], ids=["none", "too few"])
def test_class_gates_without_a_target_for_each_picture_are_refused(targets):
    with pytest.raises(ValueError, match=r"'targets' of shape \(2,\)"):
        ClassSqueezeExcite(8, 3).gates(torch.randn(2, 8, 2, 2), targets)


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_block_says_that_it_is_untrained_and_saves_the_flag(kind):
    block = make_block(kind, 8, classes=3)
    assert block.kind == kind
    assert not block.trained
    block.trained.fill_(True)
    other = make_block(kind, 8, classes=3)
    other.load_state_dict(block.state_dict())
    assert other.trained


def test_the_published_recipe_has_no_bias_and_the_sparse_one_starts_open():
    paper, sparse = make_block("paper", 64), make_block("sparse", 64)
    assert paper.reduce.weight.shape == (4, 64)
    assert paper.reduce.bias is None
    assert paper.expand.bias is None
    assert sparse.reduce.weight.shape == (16, 64)
    assert (sparse.expand.bias == 2).all()
    assert (make_block("class", 64, 10).expand.bias == 2).all()
    assert (make_block("class", 64, 100).offset == 2).all()


@pytest.mark.parametrize("kind", ["paper", "sparse", "class"])
def test_fewer_channels_than_the_reduction_still_give_a_hidden_unit(kind):
    block = make_block(kind, 3, classes=2)
    assert block.reduce.out_features == 1
    assert block.gates(torch.randn(2, 3, 2, 2), torch.tensor([0, 1])).shape == (2, 3)


def test_a_tap_has_no_gates_and_passes_the_map_itself():
    maps = torch.randn(1, 3, 2, 2)
    assert Tap()(maps) is maps
    assert Tap().gates(maps) is None


@pytest.mark.parametrize("kind", ["paper", "sparse", "class"])
@pytest.mark.parametrize("classes", [3, 50])
def test_every_weight_of_a_block_learns(kind, classes):
    torch.manual_seed(1)
    block = make_block(kind, 16, classes)
    block.gates(torch.randn(8, 16, 3, 3).abs(), torch.arange(8) % 3).square().sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in block.parameters())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("papper", 8), "Did you mean 'paper'"),
        (("class", 8), "number of classes"),
        (("paper", 8, None, "NHCW"), "unknown layout 'NHCW'"),
    ],
)
def test_a_wrong_block_is_refused_in_words(arguments, words):
    with pytest.raises(ValueError, match=words):
        make_block(*arguments)


def test_an_in_place_successor_does_not_disturb_the_gradient():
    torch.manual_seed(0)
    maps = torch.randn(2, 8, 3, 3)
    block = SqueezeExcite(8, reduction=2)
    grads = []
    for relu in (nn.ReLU(inplace=True), nn.ReLU()):
        leaf = maps.clone().requires_grad_()
        grads.append(torch.autograd.grad(relu(block(leaf)).square().sum(), leaf)[0])
    torch.testing.assert_close(*grads)
