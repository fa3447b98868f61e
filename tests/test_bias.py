"""BIAS: the published names and shapes load, streams and gates have theirs, and clips keep to themselves."""

import math

import pytest
import torch
from torch import Tensor, nn

from sqexplain.gates import ClipSqueezeExcite
from sqexplain.gates.insertion import attach
from sqexplain.models import load_model
from sqexplain.models.checkpoint import load_state
from sqexplain.models.nets.speech import BiasSpeaker, adapt_bias

NORM = ("weight", "bias", "running_mean", "running_var")


def norm(name: str, channels: int) -> dict[str, tuple]:
    """Return names and shapes of a batch norm."""
    return {f"{name}.{part}": (channels,) for part in NORM} | {f"{name}.num_batches_tracked": ()}


def linear(name: str, channels: int, inputs: int) -> dict[str, tuple]:
    """Return names and shapes of a linear layer with a bias."""
    return {f"{name}.weight": (channels, inputs), f"{name}.bias": (channels,)}


def attention(name: str, width: int) -> dict[str, tuple]:
    """Return names and shapes of a layer of attention."""
    return {
        f"{name}.self_attn.in_proj_weight": (3 * width, width),
        f"{name}.self_attn.in_proj_bias": (3 * width,),
        **linear(f"{name}.self_attn.out_proj", width, width),
        **linear(f"{name}.linear1", 4 * width, width),
        **linear(f"{name}.linear2", width, 4 * width),
        **{f"{name}.norm{i}.{part}": (width,) for i in (1, 2) for part in ("weight", "bias")},
    }


def picture_stream(suffix: str) -> dict[str, tuple]:
    """Return names and shapes of the face stream (suffix "") or the body stream ("Body")."""
    front = f"model.visualFrontend{suffix}"
    table = {f"{front}.frontend3D.0.weight": (64, 1, 5, 7, 7), **norm(f"{front}.frontend3D.1", 64)}
    for number, (inputs, width) in enumerate([(64, 64), (64, 128), (128, 256), (256, 512)], 1):
        layer = f"{front}.resnet.layer{number}"
        for name in ("conv1a", "conv2a", "conv1b", "conv2b"):
            table[f"{layer}.{name}.weight"] = (width, inputs if name == "conv1a" else width, 3, 3)
        table[f"{layer}.downsample.weight"] = (width, inputs, 1, 1)
        for name in ("bn1a", "outbna", "bn1b", "outbnb"):
            table |= norm(f"{layer}.{name}", width)
    table |= {f"{front}.resnet.se.fc.0.weight": (32, 512), f"{front}.resnet.se.fc.2.weight": (512, 32)}
    for number in range(5):
        step = f"model.visualTCN{suffix}.net.{number}.net"
        table |= norm(f"{step}.1", 512)
        table |= {f"{step}.2.weight": (512, 1, 3), f"{step}.3.weight": (1,), f"{step}.5.weight": (512, 512, 1)}
        table |= {f"{step}.4.gamma": (1, 512, 1), f"{step}.4.beta": (1, 512, 1)}
    narrow = f"model.visualConv1D{suffix}.net"
    table |= {f"{narrow}.0.weight": (256, 512, 5), f"{narrow}.0.bias": (256,), **norm(f"{narrow}.1", 256)}
    return table | {f"{narrow}.3.weight": (128, 256, 1), f"{narrow}.3.bias": (128,)}


def sound_stream() -> dict[str, tuple]:
    """Return names and shapes of the sound stream."""
    table = {"model.audioEncoder.conv1.weight": (16, 1, 7, 7), **norm("model.audioEncoder.bn1", 16)}
    inputs = 16
    for number, (width, depth) in enumerate([(16, 3), (32, 4), (64, 6), (128, 3)], 1):
        for index in range(depth):
            block = f"model.audioEncoder.layer{number}.{index}"
            table[f"{block}.conv1.weight"] = (width, inputs, 3, 3)
            table[f"{block}.conv2.weight"] = (width, width, 3, 3)
            table |= norm(f"{block}.bn1", width) | norm(f"{block}.bn2", width)
            table |= linear(f"{block}.se.fc.0", width // 8, width) | linear(f"{block}.se.fc.2", width, width // 8)
            if inputs != width:
                table[f"{block}.downsample.0.weight"] = (width, inputs, 1, 1)
                table |= norm(f"{block}.downsample.1", width)
            inputs = width
    return table


def published_table() -> tuple[dict[str, tuple], dict[str, tuple]]:
    """Return names and shapes of the published checkpoint: what the net uses, and what it never runs."""
    used = picture_stream("") | picture_stream("Body") | sound_stream()
    for name, width in (("a_att", 128), ("v_att", 128), ("vb_att", 128), ("comb_att", 384)):
        used |= attention(f"model.{name}", width)
    used |= {"se.fc.0.weight": (24, 384), "se.fc.2.weight": (384, 24)}
    for name, width in (("A", 128), ("V", 128), ("VB", 128), ("Comb", 384)):
        used |= linear(f"loss{name}.FC", 2, width)
    unused = linear("lossFBA.FC", 2, 384) | {"se.fc_comb.0.weight": (128, 384)}
    for name, width in (
        ("crossA2V", 128),
        ("crossV2A", 128),
        ("selfAV", 256),
        ("selfABV", 256),
        ("selfComb", 128),
        ("comb_att_2", 256),
    ):
        unused |= attention(f"model.{name}", width)
    return used, unused


def published_state() -> dict[str, Tensor]:
    """Return random weights under the published names, such that no layer silences its input."""
    source = torch.Generator().manual_seed(0)
    used, unused = published_table()
    state = {}
    for name, shape in (used | unused).items():
        values = torch.randn(shape, generator=source)
        if len(shape) > 1 and not name.endswith(("gamma", "beta")):
            state[name] = values * math.sqrt(2 / math.prod(shape[1:]))
        elif name.endswith("weight") or name.endswith(("var", "gamma")):
            state[name] = values.abs() + 0.5
        else:
            state[name] = 0.1 * values if shape else torch.tensor(1)
    return state


def clip(clips: int = 1, frames: int = 6) -> tuple[Tensor, Tensor, Tensor]:
    """Return normalised noise for face, sound and body."""
    source = torch.Generator().manual_seed(1)
    face, body = torch.randn(2, clips, 1, frames, 112, 112, generator=source)
    return face, 5 * torch.randn(clips, 1, 13, 4 * frames, generator=source), body


def place_gates(net: BiasSpeaker) -> BiasSpeaker:
    """Put the blocks of the paper where the published net has them."""
    for name, channels in (("face_end", 512), ("body_end", 512), ("fusion_end", 384)):
        attach(net.get_submodule(name), ClipSqueezeExcite(channels))
    return net.eval()


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    return published_state()


@pytest.fixture(scope="module")
def net(state) -> BiasSpeaker:
    """Return the net with its gates and random weights under the published names."""
    net = place_gates(BiasSpeaker())
    net.load_state_dict(adapt_bias(state))
    return net


def test_every_published_tensor_that_is_used_finds_its_place(net, state):
    used, unused = published_table()
    adapted = adapt_bias(state)
    flags = {f"{name}.squeeze_excite.trained" for name in ("face_end", "body_end", "fusion_end")}
    assert set(adapted) == set(net.state_dict())
    assert set(adapted) - {key for key in adapted if any(adapted[key] is one for one in state.values())} == flags
    assert len(adapted) == len(used) + len(flags)
    assert 2.9e6 < sum(torch.Size(shape).numel() for shape in unused.values()) < 3.1e6


def test_gates_are_those_of_the_published_net(net, state):
    block = net.face_end.squeeze_excite
    assert torch.equal(block.reduce.weight, state["model.visualFrontend.resnet.se.fc.0.weight"])
    assert torch.equal(net.fusion_end.squeeze_excite.expand.weight, state["se.fc.2.weight"])
    assert torch.equal(
        net.body_end.squeeze_excite.expand.weight, state["model.visualFrontendBody.resnet.se.fc.2.weight"]
    )
    assert block.trained


def test_a_published_checkpoint_loads_as_a_model(state, tmp_path):
    torch.save(state, tmp_path / "bias.model")
    classifier = load_model("speaker-bias", "paper", tmp_path / "bias.model", "cpu")
    with torch.no_grad():
        assert classifier.net(*clip(frames=2)).shape == (2, 2)
    assert all(block.trained for name, block in classifier.blocks.items() if name != "audio")
    assert set(classifier.card["unused"]) == set(published_table()[1])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: s.update({"se.fc.0.weight": torch.zeros(2, 384)}), r"fusion_end\S+ \(2, 384\) instead of \(24"),
        (lambda s: s.pop("model.a_att.norm1.weight"), "lacks voice_attention.norm1.weight"),
        (lambda s: s.update(other=torch.zeros(1)), "The net has no other"),
    ],
)
def test_weights_of_another_net_are_refused(change, sentence, net, state):
    changed = dict(state)
    change(changed)
    with pytest.raises(ValueError, match=sentence):
        load_state(net, adapt_bias(changed), "bias.model")


def test_maps_and_vectors_have_the_published_shapes(net):
    shapes = {}
    for name in ("face_end", "voice_end", "body_end", "fusion_end"):
        module = net.get_submodule(name)
        handle = module.register_forward_hook(lambda _m, args, _o, name=name: shapes.update({name: args[0].shape}))
        shapes[f"{name} handle"] = handle
    with torch.no_grad():
        logits = net(*clip(2, 3))
    for name in [name for name in shapes if name.endswith("handle")]:
        shapes.pop(name).remove()
    assert logits.shape == (6, 2)
    assert shapes == {
        "face_end": (2, 512, 3, 4, 4),
        "voice_end": (2, 128, 2, 3),
        "body_end": (2, 512, 3, 4, 4),
        "fusion_end": (2, 384, 3, 1, 1),
    }


def test_gates_are_one_vector_for_each_clip(net):
    face, audio, body = clip(2)
    with torch.no_grad():
        maps = net.face(face)
        gates = net.face_end.squeeze_excite.vectors(maps)
        scaled = net.face_end(maps)
        assert gates.shape == (2, 6, 512)
        assert torch.equal(gates[:, 0], gates[:, 5])
        assert not torch.equal(gates[0], gates[1])
        expected = torch.sigmoid(
            net.face_end.squeeze_excite.expand(net.face_end.squeeze_excite.reduce(maps.mean((2, 3, 4))).relu())
        )
    assert torch.allclose(scaled, maps * expected[:, :, None, None, None])


def test_clips_of_a_batch_do_not_mix(net):
    inputs = clip(2)
    with torch.no_grad():
        together, alone = net(*inputs), [net(*(one[i : i + 1] for one in inputs)) for i in range(2)]
    assert (together - torch.cat(alone)).abs().max() < 1e-5 * together.abs().max()


def test_chunks_of_a_long_clip_give_the_whole(net, monkeypatch):
    frames = clip(frames=11)[0]
    monkeypatch.setattr("sqexplain.models.nets.speech.bias.CHUNK", 3)
    with torch.no_grad():
        pieces = net.face(frames)
        whole = net.face.finish(net.face.stages()[0].run(frames))
    assert net.face.reach == 2
    assert (pieces - whole).abs().max() < 1e-5 * whole.abs().max()


def test_every_stream_counts(net):
    inputs = clip()
    with torch.no_grad():
        logits = net(*inputs)
        for index in range(3):
            changed = [one * (0.3 if place == index else 1) for place, one in enumerate(inputs)]
            assert not torch.allclose(net(*changed), logits)


def test_face_and_body_have_weights_of_their_own(net):
    assert set(map(id, net.face.parameters())).isdisjoint(map(id, net.body.parameters()))
    assert net.trunks["body"] is net.body


def test_a_body_of_another_length_is_named(net):
    face, audio, body = clip(frames=2)
    with pytest.raises(ValueError, match="pictures of 'body' need"):
        net(face, audio, body[:, :, :1])


def test_the_first_convolution_is_the_three_dimensional_one(net):
    conv = net.face.entry.conv
    frames = clip(2, 4)[0]
    expected = nn.functional.conv3d(frames, conv.weight, stride=(1, 2, 2), padding=(2, 3, 3))
    assert torch.allclose(conv(frames), expected, atol=1e-5)


def test_norms_worked_into_the_weights_change_nothing(net):
    frames = clip(frames=3)[0]
    kept = net.face(frames)
    with torch.no_grad():
        assert (net.face(frames) - kept).abs().max() < 1e-5 * kept.abs().max()
