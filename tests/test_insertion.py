"""Finding the layer to explain, and putting a block behind it, in plain nets of every kind."""

import copy
import pickle

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from sqexplain.gates import ClassSqueezeExcite, SqueezeExcite, Tap
from sqexplain.gates.insertion import feature_layer, find_block, insert_se
from sqexplain.models.imagenet import IMAGENET


def conv(channels, width, stride=1):
    return nn.Sequential(
        nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
    )


def head(width, classes=4):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


class Net(nn.Module):
    """Modules by name and a forward written in place: `run(self, x)`."""

    def __init__(self, run, **modules):
        super().__init__()
        self.run = run
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, *x):
        return self.run(self, *x)


def plain():
    torch.manual_seed(0)
    return nn.Sequential(conv(3, 8), conv(8, 16, 2), head(16))


def residual(module, x):
    return F.relu(module.b(F.relu(module.a(x))) + x, inplace=True)


PICTURE = torch.linspace(-1, 1, 3 * 32 * 32).view(1, 3, 32, 32).sin()


# ------------------------------------------------------------------------------------------------ plain user nets


@pytest.mark.parametrize(
    ("build", "size", "expected"),
    [
        (plain, 32, "1.2 (16 x 16 x 16)"),
        (lambda: nn.Sequential(nn.BatchNorm2d(3), plain()), 32, "1.1.2 (16 x 16 x 16)"),
        (
            lambda: nn.Sequential(conv(3, 8), nn.MaxPool2d(2), conv(8, 6), nn.Flatten(), nn.Linear(6 * 256, 3)),
            32,
            "2.2 (6 x 16 x 16)",
        ),
        (lambda: nn.Sequential(conv(3, 8), nn.Dropout2d(), nn.Identity(), head(8)), 32, "0.2 (8 x 32 x 32)"),
        (lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), head(4)), None, "1 (4 x 222 x 222)"),
        (
            lambda: Net(
                lambda m, x: m.fc(F.avg_pool2d(F.relu(m.c(x)), 8).flatten(1)), c=conv(3, 8), fc=nn.Linear(8, 2)
            ),
            8,
            "c.2 (8 x 8 x 8)",
        ),
        (
            lambda: Net(
                lambda m, x: m.fc(m.relu(m.b(m.relu(m.a(x)))).mean((2, 3))),
                a=nn.Conv2d(3, 8, 3),
                b=nn.Conv2d(8, 5, 3),
                relu=nn.ReLU(inplace=True),
                fc=nn.Linear(5, 2),
            ),
            12,
            "b (5 x 8 x 8)",
        ),
        (
            lambda: Net(
                lambda m, x: m.fc(F.avg_pool2d(m.block(m.stem(x)), 8).flatten(1)),
                stem=conv(3, 8, 4),
                block=Net(residual, a=conv(8, 8), b=conv(8, 8)),
                fc=nn.Linear(8, 3),
            ),
            32,
            "block (8 x 8 x 8)",
        ),
        (
            lambda: Net(
                lambda m, x: m.fc(torch.cat([(y := m.c(x)).amax((2, 3)), y.mean((2, 3))], 1)),
                c=conv(3, 8),
                fc=nn.utils.parametrizations.weight_norm(nn.Linear(16, 3)),
            ),
            16,
            "c.2 (8 x 16 x 16)",
        ),
    ],
    ids=[
        "sequential",
        "normalisation in front",
        "flattened map",
        "dropout and identity",
        "grey pictures",
        "functional pooling",
        "one relu for all",
        "residual block",
        "two pools joined",
    ],
)
def test_the_last_map_of_a_plain_net_is_found(build, size, expected):
    net = build()
    example = torch.randn(3, 3, size, size) if size else None
    assert str(feature_layer(net, example)) == expected
    logits = insert_se(net, example=example)(example if size else torch.randn(1, 1, 20, 20))
    assert logits.ndim == 2


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (
            lambda: nn.Sequential(conv(3, 8), nn.Conv2d(8, 5, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            "map of classes",
        ),
        (lambda: nn.Sequential(conv(3, 8), nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 5, 1), nn.Flatten()), "Convolution"),
        (lambda: nn.Sequential(conv(3, 8), head(8, 8), *[nn.Linear(8, 8) for _ in range(3)]), "4 linear layers"),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(3072, 5)), "no layer gives a map"),
        (lambda: nn.Sequential(conv(3, 8), nn.MaxPool2d(32), nn.Conv2d(8, 9, 1), head(9)), "Convolution"),
        (
            lambda: Net(
                lambda m, x: m.fc(F.relu(m.b(m.a(x)) + m.c(m.a(x))).mean((2, 3))),
                a=nn.Identity(),
                b=conv(3, 8),
                c=conv(3, 8),
                fc=nn.Linear(8, 2),
            ),
            "no layer gives a map",
        ),
        (
            lambda: Net(
                lambda m, x: m.fc((y := m.c(x)).mul(torch.sigmoid(m.g(y.mean((2, 3), True)))).mean((2, 3))),
                c=conv(3, 8),
                g=nn.Conv2d(8, 8, 1),
                fc=nn.Linear(8, 2),
            ),
            "Convolution",
        ),
        (
            lambda: Net(
                lambda m, x: m.fc(m.a(y := m.c(x).flatten(2).transpose(1, 2), y, y, need_weights=False)[0].mean(1)),
                c=conv(3, 8, 4),
                a=nn.MultiheadAttention(8, 2, batch_first=True),
                fc=nn.Linear(8, 2),
            ),
            "ScaledDotProduct",
        ),
        (
            lambda: Net(
                lambda m, x: m.fc(m.n(m.c(x).permute(0, 2, 3, 1)).mean((1, 2))),
                c=conv(3, 16, 4),
                n=nn.LayerNorm(16),
                fc=nn.Linear(16, 2),
            ),
            "channels last",
        ),
        (
            lambda: Net(
                lambda m, x: m.fc(m.r(m.c(x).mean(2).transpose(1, 2))[0][:, -1]),
                c=conv(3, 8, 4),
                r=nn.GRU(8, 4, batch_first=True),
                fc=nn.Linear(4, 2),
            ),
            "more than a head",
        ),
        (lambda: nn.Sequential(nn.BatchNorm2d(3), IMAGENET["squeezenet1_1"].build()), "Convolution"),
    ],
    ids=[
        "class map",
        "convolution as classifier",
        "deep head",
        "no map",
        "map of one cell",
        "sum of two branches",
        "attention over channels",
        "attention over positions",
        "channels last",
        "recurrent head",
        "wrapped SqueezeNet",
    ],
)
def test_where_it_cannot_be_sure_it_lists_the_candidates(build, words):
    with pytest.raises(ValueError, match=f"cannot tell which layer to explain: .*{words}.*candidates: "):
        feature_layer(build(), torch.randn(1, 3, 32, 32))


def test_a_map_of_one_cell_is_refused_and_the_sizes_say_why():
    with pytest.raises(ValueError, match=r"layer4.1 \(512 x 1 x 1\), .*layer3.1 \(256 x 2 x 2\)"):
        feature_layer(IMAGENET["resnet18"].build(), PICTURE)


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


# ----------------------------------------------------------------------------------------- nothing else is touched


def fingerprint(net):
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_load_state_dict_post_hooks")
    return (
        [(name, module.training) for name, module in net.named_modules()],
        [len(getattr(module, hook)) for module in net.modules() for hook in hooks],
        [(name, weight.requires_grad, weight.grad) for name, weight in net.named_parameters()],
        {name: value.tolist() for name, value in net.state_dict().items()},
    )


@pytest.mark.parametrize("fails", [False, True])
def test_looking_for_the_layer_leaves_the_net_as_it_was(fails):
    net = plain().train()
    net[1].eval()
    net[0][0].weight.requires_grad_(False)
    picture = PICTURE.clone()
    before, state = fingerprint(net), torch.get_rng_state()
    if fails:
        with pytest.raises(ValueError, match="does not run on 'example'"):
            feature_layer(net, torch.randn(1, 5, 32, 32, generator=torch.Generator().manual_seed(0)))
    else:
        feature_layer(net, picture)
    assert fingerprint(net) == before
    assert torch.equal(picture, PICTURE)
    assert not picture.requires_grad
    assert torch.equal(state, torch.get_rng_state())


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


def test_frozen_nets_and_callers_without_gradients_work():
    net = plain().requires_grad_(False)
    with torch.no_grad():
        assert feature_layer(net, PICTURE).name == "1.2"
    with torch.inference_mode():
        assert feature_layer(net, PICTURE).name == "1.2"


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


@pytest.mark.parametrize(
    ("net", "error", "words"),
    [
        (nn.Conv2d(3, 5, 3), ValueError, "wrap it so that it returns the class scores"),
        (Net(lambda m, x: {"logits": m.n(x)}, n=plain()), ValueError, "returned a dict"),
        (Net(lambda m, x: m.n(x).detach(), n=plain()), ValueError, "no gradient graph"),
        (Net(lambda m, x: m.h(m.c(x).detach()), c=conv(3, 8), h=head(8)), ValueError, "do not depend on the picture"),
        (nn.Sequential(nn.LazyConv2d(3, 3), head(3)), ValueError, "layers without a size"),
        ("resnet18", TypeError, "'net' must be an nn.Module"),
    ],
    ids=["map", "dict", "detached", "detached trunk", "lazy", "name"],
)
def test_a_net_that_cannot_be_explained_says_why(net, error, words):
    with pytest.raises(error, match=words):
        feature_layer(net, PICTURE)


def test_a_net_without_a_block_says_what_to_do():
    with pytest.raises(ValueError, match=r"no block. Call insert_se"):
        find_block(plain())


def test_a_tap_only_reads():
    net = plain().eval()
    before = net(PICTURE)
    insert_se(net, block="none", example=PICTURE)
    assert type(find_block(net)[1]) is Tap
    assert torch.equal(net(PICTURE), before)
