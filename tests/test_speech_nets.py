"""The speaker nets: fast against literal, chunks against the whole, junctions, published names and their download."""

import hashlib
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from sqexplain.models import MODELS, load_model
from sqexplain.models.checkpoint import read_checkpoint
from sqexplain.models.nets.speech import LightSpeaker, SmallSpeaker, adapt_light, published
from sqexplain.models.nets.speech.convolution import SpaceConv, TimeConv, Unit
from sqexplain.models.nets.speech.light_asd_reference import LiteralLight, randomised

PUBLISHED = Path(__file__).parents[2] / "shared" / "data" / "weights" / "light_asd_ava.model"
NETS = {"small": SmallSpeaker, "light": LightSpeaker}


def clip(clips: int = 1, frames: int = 12, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Return normalised noise pictures and an MFCC sheet."""
    source = torch.Generator().manual_seed(seed)
    sheet = 5 * torch.randn(clips, 1, 13, 4 * frames, generator=source)
    return torch.randn(clips, 1, frames, 112, 112, generator=source), sheet


def literal_net(kind: str) -> LiteralLight:
    """Return the literal net with the published weights, or with random ones and batch norms that do something."""
    torch.manual_seed(0)
    net = LiteralLight()
    if kind == "published":
        if not PUBLISHED.exists():
            pytest.skip("needs the weights of ../shared/data")
        net.load_state_dict(read_checkpoint(PUBLISHED)[0])
        return net.eval()
    nn.init.normal_(net.lossAV["FC"].weight)
    return randomised(net)


@pytest.fixture(params=NETS)
def net(request) -> nn.Module:
    torch.manual_seed(0)
    return randomised(NETS[request.param]())


@pytest.mark.parametrize("kind", ["published", "random"])
def test_the_fast_light_asd_gives_the_logits_of_the_literal_one(kind):
    literal, fast = literal_net(kind), LightSpeaker().eval()
    fast.load_state_dict(adapt_light(literal.state_dict()))
    inputs = clip(2)
    with torch.no_grad():
        expected, found = literal(*inputs), fast(*inputs)
        alone = fast.classify_visual(fast.pool_visual(fast.face(inputs[0])))
        assert (alone - literal.classify_visual(inputs[0])).abs().max() < 1e-5
    assert expected.std() > 0.1
    assert (found - expected).abs().max() < 1e-5


@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (3, 1), (3, 2), (5, 1), (5, 2)])
def test_a_convolution_over_space_is_the_three_dimensional_one(kernel, stride):
    x, conv = torch.randn(2, 3, 4, 10, 10), SpaceConv(3, 5, kernel, stride)
    expected = F.conv3d(x, conv.weight, stride=(1, stride, stride), padding=(0, kernel // 2, kernel // 2))
    assert torch.allclose(conv(x), expected, atol=1e-5)


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_a_convolution_over_time_is_the_three_dimensional_one(kernel):
    x, conv = torch.randn(2, 3, 6, 4, 5), TimeConv(3, 5, kernel)
    assert torch.allclose(conv(x), F.conv3d(x, conv.weight, padding=(kernel // 2, 0, 0)), atol=1e-5)


def test_batch_norms_run_where_gradients_are_kept_and_the_weights_stay(net):
    runs = []
    for module in net.face.modules():
        if isinstance(module, nn.BatchNorm3d):
            module.register_forward_hook(lambda *_: runs.append(1))
    before = {key: value.clone() for key, value in net.state_dict().items()}
    frames = clip()[0]
    kept = net.face(frames)
    assert len(runs) == sum(isinstance(module, nn.BatchNorm3d) for module in net.face.modules())
    with torch.no_grad():
        assert (net.face(frames) - kept).abs().max() < 1e-4 * kept.abs().max()
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())


def test_a_unit_in_training_counts_its_batches():
    unit = Unit(SpaceConv(1, 2, 3)).train()
    with torch.no_grad():
        unit(torch.randn(1, 1, 2, 8, 8))
    assert unit.norm.num_batches_tracked == 1


def test_chunks_of_a_long_clip_give_the_whole(net):
    inputs = clip(frames=72)
    with torch.no_grad():
        pieces = net(*inputs)
        whole = inputs[0]
        for stage in net.face.stages():
            assert whole.shape[2] > stage.chunk + 2 * stage.reach  # it really is cut
            whole = stage.run(whole)
        together = net.classify(net.pool_visual(whole), net.pool_audio(net.voice(inputs[1])))
    assert (pieces - together).abs().max() < 1e-5


def test_a_frame_reaches_as_far_as_the_net_says(net):
    frames, at = clip(frames=19)[0], 9
    changed = frames.clone()
    changed[:, :, at] += 1
    with torch.no_grad():
        moved = (net.face(changed) - net.face(frames)).abs().amax((0, 1, 3, 4)) > 0  # (T,)
    found = moved.nonzero().flatten()
    assert (found.min(), found.max()) == (at - net.face.reach, at + net.face.reach)


def test_clips_of_a_batch_do_not_mix(net):
    inputs = clip(3)
    with torch.no_grad():
        together, alone = net(*inputs), [net(*(one[i : i + 1] for one in inputs)) for i in range(3)]
    assert (together - torch.cat(alone)).abs().max() < 1e-5


def test_junctions_hand_on_their_map_with_what_is_heard_beside_the_face():
    net, seen = SmallSpeaker().eval(), {}
    for name in ("face_end", "voice_end", "fusion_end"):
        net.get_submodule(name).register_forward_hook(lambda _m, args, out, name=name: seen.update({name: (args, out)}))
    logits = net(*clip(2, frames=7))
    assert logits.shape == (14, 2)
    c, a = (net.trunks[name](one).shape[1] for name, one in zip(("frames", "audio"), clip(frames=1), strict=True))
    assert {name: [tuple(one.shape) for one in args] for name, (args, _) in seen.items()} == {
        "face_end": [(2, c, 7, 14, 14), (2, 7, a)],
        "voice_end": [(2, a, 13, 7)],
        "fusion_end": [(2, a + c, 7, 1, 1)],
    }
    assert all(out is args[0] for args, out in seen.values())
    heard = net.pool_audio(seen["voice_end"][1])
    assert torch.equal(seen["face_end"][0][1], heard)
    assert torch.equal(seen["fusion_end"][0][0][:, :a, :, 0, 0].transpose(1, 2), heard)  # what is heard comes first


@pytest.mark.parametrize(
    ("frames", "audio", "sentence"),
    [
        ((1, 3, 4, 112, 112), (1, 1, 13, 16), r"'frames' has shape \(1, 3, 4, 112, 112\); give \(B, 1, T, 112, 112\)"),
        ((1, 1, 0, 112, 112), (1, 1, 13, 0), "with T >= 1"),
        ((1, 1, 4, 112, 112), (1, 1, 13, 15), r"'audio' .* 4 pictures .* need \(1, 1, 13, 16\), 4 columns for each"),
        ((2, 1, 4, 112, 112), (1, 1, 13, 16), r"'audio' .* need \(2, 1, 13, 16\)"),
    ],
)
def test_inputs_that_do_not_fit_are_named(frames, audio, sentence):
    with pytest.raises(ValueError, match=sentence):
        SmallSpeaker()(torch.zeros(frames), torch.zeros(audio))


def test_one_frame_is_a_clip(net):
    assert net(*clip(frames=1)).shape == (1, 2)


def test_the_small_net_is_small():
    net = SmallSpeaker().eval()
    assert sum(parameter.numel() for parameter in net.parameters()) < 300_000
    assert net.classify_visual(net.pool_visual(net.face(clip(2, frames=5)[0]))).shape == (10, 2)


def test_published_names_are_ours_after_renaming():
    ours, theirs = LightSpeaker().state_dict(), LiteralLight().state_dict()
    adapted = adapt_light(theirs)
    assert len(theirs) == 192
    assert {key: value.shape for key, value in adapted.items()} == {key: value.shape for key, value in ours.items()}
    assert adapt_light(ours).keys() == ours.keys()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda state: state.pop("model.GRU.gru_forward.bias_ih_l0"), "lacks memory.onward.bias_ih_l0"),
        (lambda state: state.update(other=torch.zeros(1)), "The net has no other"),
        (lambda state: state.update({"lossAV.FC.weight": torch.zeros(3, 128)}), r"head.weight \(3, 128\) instead of"),
    ],
)
def test_weights_of_another_net_are_refused(change, sentence, tmp_path):
    state = dict(LiteralLight().state_dict())
    change(state)
    torch.save(state, tmp_path / "other.pth")
    with pytest.raises(ValueError, match=sentence):
        load_model("speaker-light", "none", tmp_path / "other.pth", "cpu")


@pytest.fixture
def served(tmp_path, monkeypatch) -> Path:
    """Let the weights of "speaker-light" lie in a file, and the folder of downloads be empty."""
    source = tmp_path / "published.model"
    torch.save(LiteralLight().state_dict(), source)
    entry = published.Published(source.as_uri(), hashlib.sha256(source.read_bytes()).hexdigest())
    monkeypatch.setitem(published.PUBLISHED, "speaker-light", entry)
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path / "hub"))
    return source


def test_published_weights_are_fetched_once_with_a_progress_bar(served, capfd):
    assert not published.downloaded("speaker-light")
    classifier = load_model("speaker-light", "none", device="cpu")
    assert "100%" in capfd.readouterr().err
    assert published.downloaded("speaker-light")
    state = read_checkpoint(served)[0]
    assert torch.equal(classifier.net.head.weight, state["lossAV.FC.weight"])
    served.unlink()
    assert published.fetch_weights("speaker-light") == published.place("speaker-light")


def test_weights_that_were_altered_on_disk_are_fetched_again(served):
    path = published.fetch_weights("speaker-light")
    path.write_bytes(b"altered")
    published.fetch_weights("speaker-light")
    assert path.read_bytes() == served.read_bytes()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.write_bytes(b"something else"), "invalid hash"),
        (lambda path: path.unlink(), "No such file"),
    ],
)
def test_a_failed_download_leaves_nothing_and_names_the_address(spoil, sentence, served):
    spoil(served)
    with pytest.raises(ValueError, match=rf"(?s){sentence}.*fetch {served.as_uri()} elsewhere and give the file"):
        load_model("speaker-light", "none", device="cpu")
    assert list(published.place("speaker-light").parent.iterdir()) == []


def test_the_address_of_the_real_weights_is_fixed_to_a_commit():
    source = published.PUBLISHED["speaker-light"]
    assert source.url.startswith("https://github.com/Junhua-Liao/Light-ASD/raw/ed38c23")
    assert len(source.sha256) == 64
    assert not published.downloaded("speaker")
    if PUBLISHED.exists():
        assert hashlib.sha256(PUBLISHED.read_bytes()).hexdigest() == source.sha256


def test_speaker_nets_say_their_streams():
    spec = MODELS["speaker-light"]
    assert (spec.classes, spec.size, spec.grey) == (("not speaking", "speaking"), 112, True)
    assert spec.mean[0] == 0.4161
    assert spec.std[0] == 0.1688
