"""Explaining leaves the user's net exactly as it was found, for every method and kind of block, on errors too."""

import pytest
import torch
from conftest import TinyNet, make_classifier, make_sample, randomise
from torch import nn

from sqexplain.explanation import explain
from sqexplain.gates import KINDS
from sqexplain.gates.insertion import find_block, insert_se
from sqexplain.methods import METHODS, layer_map
from sqexplain.recording import record

INPUTS = torch.linspace(-1, 1, 2 * 3 * 16 * 16).view(2, 3, 16, 16)
STREAMS = {"frames": INPUTS}

# Every method on every kind of block, but for the two that need gates on a net without.
PAIRS = [
    (name, kind)
    for name, method in METHODS.items()
    for kind in KINDS
    if not (kind == "none" and "gates" in method.needs)
]


def state(net: nn.Module) -> dict:
    """Return all that a pass could change."""
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return {
        "hooks": [[list(getattr(module, name)) for name in hooks] for module in net.modules()],
        "modes": [module.training for module in net.modules()],
        "grads": [None if one.grad is None else bits(one.grad) for one in net.parameters()],
        "requires": [one.requires_grad for one in net.parameters()],
        "values": {name: bits(value) for name, value in net.state_dict().items()},
        "grad_mode": torch.is_grad_enabled(),
        "cudnn": torch.backends.cudnn.enabled,
    }


def bits(values: torch.Tensor) -> bytes:
    return values.detach().numpy().tobytes()


def disturb(net: nn.Module) -> None:
    """Put the net into a state that is not the default in any respect."""
    net.train()
    net.norm.eval()
    for number, parameter in enumerate(net.parameters()):
        parameter.requires_grad_(number % 2 == 0)
        parameter.grad = torch.full_like(parameter, number)


@pytest.mark.parametrize(("name", "gates"), PAIRS)
def test_a_method_leaves_the_net_as_it_was(name, gates):
    classifier = make_classifier(gates)
    disturb(classifier.net)
    before = state(classifier.net)
    explain(classifier, make_sample(frames=2), name)
    assert state(classifier.net) == before


class Failing(nn.Module):
    """A head that breaks in the forward or in the backward pass."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def forward(self, x):
        if self.place == "forward":
            raise RuntimeError("broken head")
        x.register_hook(self.fail)
        return x

    @staticmethod
    def fail(_grads):
        raise RuntimeError("broken head")


@pytest.mark.parametrize("place", ["forward", "backward"])
@pytest.mark.parametrize("full", [None, layer_map], ids=["head alone", "full graph"])
def test_an_error_in_the_middle_leaves_the_net_as_it_was(place, full):
    classifier = make_classifier()
    net = classifier.net
    net.head = nn.Sequential(net.head, Failing(place))
    disturb(net)
    before = state(net)
    with pytest.raises(RuntimeError, match="broken head"):
        record(net, STREAMS, classifier.blocks, layer_map=full)
    assert state(net) == before


def test_an_error_releases_the_lock():
    classifier = make_classifier()
    classifier.net.head = Failing("forward")
    with pytest.raises(RuntimeError, match="broken head"):
        explain(classifier, make_sample(), "gradcam")
    assert classifier.lock.acquire(blocking=False)


def test_a_recurrent_net_leaves_cudnn_as_it_was():
    class Recurrent(TinyNet):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(12, 12, batch_first=True)

        def forward(self, x):
            x = self.relu(self.norm(self.last(self.stem(x))))
            return self.head(self.rnn(x.mean((2, 3))[:, None])[0][:, 0])

    net = insert_se(randomise(Recurrent()), "relu", "none", example=INPUTS)
    before = torch.backends.cudnn.enabled
    trace = record(net, STREAMS, {"frames": find_block(net)[1]})[2]["frames"]
    assert trace.grads.abs().max() > 0
    assert torch.backends.cudnn.enabled == before


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode, torch.enable_grad])
@pytest.mark.parametrize("full", [None, layer_map], ids=["head alone", "full graph"])
def test_gradients_are_the_same_inside_any_context(context, full):
    classifier = make_classifier()
    wanted = record(classifier.net, STREAMS, classifier.blocks, layer_map=full)[2]["frames"]
    with context():
        found = record(classifier.net, {"frames": INPUTS.clone()}, classifier.blocks, layer_map=full)[2]["frames"]
        assert torch.is_grad_enabled() == (context is torch.enable_grad)
    assert torch.equal(found.grads, wanted.grads)
    assert not found.grads.requires_grad
    assert not found.post_gate.requires_grad


def test_the_pictures_of_the_caller_are_left_alone():
    inputs = INPUTS.clone()
    classifier = make_classifier()
    record(classifier.net, {"frames": inputs}, classifier.blocks, layer_map=layer_map)
    assert torch.equal(inputs, INPUTS)
    assert not inputs.requires_grad
    assert inputs.grad is None


@pytest.mark.parametrize("full", [None, layer_map], ids=["head alone", "full graph"])
def test_a_frozen_net_gives_the_same_gradients(full):
    classifier = make_classifier()
    wanted = record(classifier.net, STREAMS, classifier.blocks, layer_map=full)[2]["frames"].grads
    classifier.net.requires_grad_(False)
    assert torch.equal(record(classifier.net, STREAMS, classifier.blocks, layer_map=full)[2]["frames"].grads, wanted)


@pytest.mark.parametrize("full", [None, layer_map], ids=["head alone", "full graph"])
def test_an_in_place_successor_overwrites_neither_maps_nor_gradients(full):
    traces = []
    for inplace in (True, False):
        torch.manual_seed(0)
        net = TinyNet()
        net.relu = nn.ReLU(inplace=inplace)
        net = insert_se(randomise(net), "norm", "none", example=INPUTS)
        traces.append(record(net, STREAMS, {"frames": find_block(net)[1]}, layer_map=full)[2]["frames"])
    assert traces[0].post_gate.min() < 0
    assert torch.equal(traces[0].post_gate, traces[1].post_gate)
    assert torch.equal(traces[0].grads, traces[1].grads)


@pytest.mark.parametrize("gates", KINDS)
def test_maps_after_the_block_are_those_before_times_the_gates_where_it_scales(gates):
    classifier = make_classifier(gates)
    trace = record(classifier.net, STREAMS, classifier.blocks)[2]["frames"]
    scale = trace.gates[:, :, None, None] if gates in ("paper", "sparse") else 1
    assert torch.allclose(trace.post_gate, trace.pre_gate * scale, atol=1e-6)


@pytest.mark.parametrize("gates", ["none", "paper"])
def test_the_full_graph_gives_the_same_trace_as_the_head_alone(gates):
    classifier = make_classifier(gates)
    short, full = (
        record(classifier.net, STREAMS, classifier.blocks, layer_map=one)[2]["frames"] for one in (None, layer_map)
    )
    assert torch.allclose(short.post_gate, full.post_gate, atol=1e-6)
    assert torch.allclose(short.grads, full.grads, atol=1e-7)
    assert len(full.layer_maps) == 4


def test_a_reused_layer_gives_one_map_for_each_of_its_runs():
    class Twice(TinyNet):
        def __init__(self):
            super().__init__()
            self.again = nn.Conv2d(8, 8, 3, 1, 1)

        def forward(self, x):
            x = self.again(self.again(self.stem(x)))
            return self.head(self.relu(self.norm(self.last(x))).mean((2, 3)))

    net = insert_se(randomise(Twice()), "relu", "none", example=INPUTS)
    assert len(record(net, STREAMS, {"frames": find_block(net)[1]}, layer_map=layer_map)[2]["frames"].layer_maps) == 6


def test_targets_are_predicted_or_given_picture_by_picture():
    classifier = make_classifier("none")
    logits, predicted, traces = record(classifier.net, STREAMS, classifier.blocks)
    assert torch.equal(predicted, logits.argmax(1))
    _, targets, others = record(classifier.net, STREAMS, classifier.blocks, torch.tensor([-1, 2]))
    assert targets.tolist() == [predicted[0], 2]
    assert torch.equal(others["frames"].grads[0], traces["frames"].grads[0])
    weights = classifier.net.head.weight[2].detach() / 16  # mean over 4 x 4 places
    assert torch.allclose(others["frames"].grads[1], weights[:, None, None].expand(12, 4, 4))


class Wrapped(nn.Module):
    def __init__(self, net, change):
        super().__init__()
        self.net, self.change = net, change

    def forward(self, x):
        return self.change(self.net(x))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda x: (x, x), TypeError, "tuple.*wrap"),
        (lambda x: x[:, 0], ValueError, "must return logits"),
        (lambda x: x * float("nan"), ValueError, "NaN"),
        (lambda x: x.detach(), ValueError, "do not depend"),
        (lambda x: torch.zeros_like(x).requires_grad_(), ValueError, "do not depend"),
    ],
    ids=["tuple", "no classes", "NaN", "detached", "constant"],
)
def test_a_net_that_cannot_be_explained_is_refused_in_one_sentence(change, error, words):
    net = make_classifier().net
    with pytest.raises(error, match=words):
        record(Wrapped(net, change), STREAMS, {"frames": find_block(net)[1]})


def test_a_block_that_runs_twice_or_never_is_refused():
    net = make_classifier().net
    blocks = {"frames": find_block(net)[1]}
    twice = Wrapped(net, lambda x: x)
    twice.forward = lambda x: net(x) + net(x)
    with pytest.raises(ValueError, match="ran 2 times"):
        record(twice, STREAMS, blocks)
    with pytest.raises(ValueError, match="ran 0 times"):
        record(make_classifier().net, STREAMS, blocks)


@pytest.mark.parametrize("targets", [[0], [0, 4], [0, -2]])
def test_targets_that_do_not_exist_are_refused(targets):
    classifier = make_classifier()
    with pytest.raises(ValueError, match="'targets'"):
        record(classifier.net, STREAMS, classifier.blocks, torch.tensor(targets))
