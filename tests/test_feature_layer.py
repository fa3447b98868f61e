"""The layer to explain is found in plain nets of every kind, and the nets stay as they were."""

import pytest
import torch
import torch.nn.functional as F
from plain_nets import PICTURE, Net, conv, fingerprint, head, plain, residual
from torch import nn

from sqexplain.gates.insertion import feature_layer, insert_se
from sqexplain.models.imagenet import IMAGENET


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


def test_frozen_nets_and_callers_without_gradients_work():
    net = plain().requires_grad_(False)
    with torch.no_grad():
        assert feature_layer(net, PICTURE).name == "1.2"
    with torch.inference_mode():
        assert feature_layer(net, PICTURE).name == "1.2"


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
