"""A clip goes the way of a picture: every frame explained, its sound too, from one pass through a two-stream net."""

import csv
import json

import numpy as np
import pytest
import torch
from conftest import make_classifier, make_clip, make_speaker
from test_untouched import state

import sqexplain.recording.backbones as backbones
from sqexplain.explanation import explain, influence, predict_frames, read
from sqexplain.media import frames, probe
from sqexplain.methods import METHODS, layer_map
from sqexplain.recording import record

GATES = ("none", "paper", "sparse")
PAIRS = [
    (name, gates)
    for name, method in METHODS.items()
    for gates in GATES
    if gates != "none" or "gates" not in method.needs
]
T = 11


@pytest.mark.parametrize(("name", "gates"), PAIRS)
def test_every_method_explains_every_frame_and_the_sound(name, gates):
    classifier, clip = make_speaker(gates), make_clip(T)
    before = state(classifier.net)
    (found,) = explain(classifier, clip, [name], scale="clip")
    assert found.heatmaps.shape == (T, 112, 112)
    assert found.logits.shape == (T, 2)
    assert found.targets.tolist() == [1] * T  # "speaking" is what is asked for
    sheet = found.streams["audio"]
    assert sheet.heatmaps.shape == sheet.pictures.shape == (1, 13, 4 * T)
    for maps in (found.heatmaps, sheet.heatmaps):
        assert np.isfinite(maps).all()
        assert maps.min() >= 0
        assert maps.max() <= 1
    assert state(classifier.net) == before


def test_the_maps_of_a_clip_are_those_of_one_gradient_through_the_whole_net():
    classifier, clip = make_speaker("none"), make_clip(T)
    inputs = classifier.prepare(clip).inputs
    kept = {}
    handles = [
        getattr(classifier.net, place).register_forward_hook(lambda _m, _a, out, place=place: kept.update({place: out}))
        for place in ("face_end", "voice_end")
    ]
    logits = classifier.net(**inputs)
    for handle in handles:
        handle.remove()
    grads = torch.autograd.grad(logits[:, 1].sum(), list(kept.values()))
    _, _, traces = record(classifier.net, inputs, classifier.blocks, torch.ones(T, dtype=torch.long))
    for stream, (map_, grad) in zip(("audio", "frames"), zip(kept.values(), grads, strict=True), strict=True):
        tap = classifier.blocks[stream]
        assert torch.allclose(traces[stream].post_gate, tap.to_maps(map_), atol=1e-4)
        assert torch.allclose(traces[stream].grads, tap.to_maps(grad), atol=1e-6)


def test_the_order_of_the_streams_changes_nothing():
    classifier, clip = make_speaker("sparse"), make_clip(T)
    inputs, blocks = classifier.prepare(clip).inputs, dict(classifier.blocks)
    traces = record(classifier.net, inputs, blocks)[2]
    others = record(classifier.net, dict(reversed(inputs.items())), dict(reversed(blocks.items())))[2]
    assert set(traces) == set(others) == {"frames", "audio", "fusion"}
    for stream in ("frames", "audio"):
        assert torch.equal(traces[stream].grads, others[stream].grads)
        assert torch.equal(traces[stream].post_gate, others[stream].post_gate)


@pytest.mark.parametrize("piece", [1, 4])
def test_fullgrad_taken_back_in_pieces_is_that_of_the_whole_clip(monkeypatch, piece):
    classifier, clip = make_speaker("sparse"), make_clip(T)
    whole = read(classifier, clip, layers=True)._pass[2]
    monkeypatch.setattr(backbones, "PIECE", piece)
    parts = read(classifier, clip, layers=True)._pass[2]
    for stream in ("frames", "audio"):
        assert torch.allclose(parts[stream].picture_grads, whole[stream].picture_grads, atol=1e-6)
        assert len(parts[stream].layer_maps) == len(whole[stream].layer_maps) > 0
        for part, one in zip(parts[stream].layer_maps, whole[stream].layer_maps, strict=True):
            assert torch.allclose(part, one, atol=1e-4)


def test_the_layers_of_a_clip_are_those_of_one_graph_through_the_trunk():
    classifier, clip = make_speaker("none"), make_clip(T)
    net, inputs = classifier.net, classifier.prepare(clip).inputs
    caught = []
    norm = net.face.steps[-1][1].norm
    handle = norm.register_forward_hook(lambda _m, _a, out: (caught.append(out), out.clone())[1])
    score = net(**inputs)[:, 1].sum()
    handle.remove()
    grads = torch.autograd.grad(score, caught)[0].detach()  # (1, C, T, h, w)
    bias = norm.bias - norm.running_mean * norm.weight / (norm.running_var + norm.eps).sqrt()
    wanted = layer_map(bias.detach(), grads[0].transpose(0, 1))  # (T, h, w)
    ones = torch.ones(T, dtype=torch.long)
    _, _, traces = record(net, inputs, classifier.blocks, ones, layer_map=layer_map)
    assert torch.allclose(traces["frames"].layer_maps[0], wanted, atol=1e-3)


def test_paper_gates_are_one_vector_for_a_clip_and_sparse_gates_one_for_each_frame():
    clip = make_clip(T)
    paper, sparse = (explain(make_speaker(gates), clip, "se")[0] for gates in ("paper", "sparse"))
    assert np.ptp(paper.gates, axis=0).max() == 0
    assert np.ptp(sparse.gates, axis=0).max() > 1e-4
    assert paper.streams["audio"].gates.shape[0] == sparse.streams["audio"].gates.shape[0] == 1
    assert {name: part.shape for name, part in sparse.fusion.items()} == {"audio": (T, 64), "frames": (T, 64)}


def test_sparse_gates_only_read_so_the_answer_is_that_of_the_frozen_net():
    clip = make_clip(T)
    none, paper, sparse = (make_speaker(gates) for gates in GATES)
    for one in (sparse, paper):
        one.net.load_state_dict(none.net.state_dict(), strict=False)
    logits = [explain(one, clip, "mean")[0].logits for one in (none, sparse, paper)]
    assert np.array_equal(logits[0], logits[1])
    assert not np.allclose(logits[0], logits[2])


def test_a_reading_of_a_clip_gives_the_maps_of_explain():
    classifier, clip = make_speaker("sparse"), make_clip(T)
    names = ("se:percent=20", "hirescam", "fullgrad", "peaks", "winners")
    reading = read(classifier, clip, layers=True)
    for one, other in zip(explain(classifier, clip, names), reading.explain(names), strict=True):
        assert np.allclose(one.heatmaps, other.heatmaps, atol=1e-6)
        assert np.allclose(one.streams["audio"].heatmaps, other.streams["audio"].heatmaps, atol=1e-6)
    assert reading.percent_maps().shape == (T, 100, 14, 14)
    assert np.allclose(reading.percent_maps()[:, 19], reading.explain(["se:percent=20"])[0].raws, atol=1e-6)


def test_one_scale_for_a_clip_keeps_its_frames_comparable():
    classifier, clip = make_speaker("none"), make_clip(T)
    apart, together = (explain(classifier, clip, "mean", scale=scale)[0].heatmaps for scale in ("picture", "clip"))
    assert (apart.max((1, 2)) > 0.999).all()
    assert (together.max((1, 2)) > 0.999).sum() < T
    assert together.max() > 0.999


def test_clips_of_several_lengths_are_explained_one_by_one():
    classifier, clips = make_speaker("sparse"), [make_clip(T), make_clip(5, seed=1)]
    found = explain(classifier, clips, ("se", "gradcam"))
    for clip, explanations in zip(clips, found, strict=True):
        for one, alone in zip(explanations, explain(classifier, clip, ("se", "gradcam")), strict=True):
            assert np.array_equal(one.heatmaps, alone.heatmaps)
            assert np.array_equal(one.streams["audio"].heatmaps, alone.streams["audio"].heatmaps)


def test_a_clip_without_sound_is_explained_with_silence_and_says_so():
    classifier, clip = make_speaker("none"), make_clip(T, sound=False)
    (found,) = explain(classifier, clip, "mean")
    assert any("no sound" in note for note in found.notes)
    assert found.streams["audio"].pictures[0, 0].max() == pytest.approx(-36.04, abs=0.01)


def test_a_picture_net_takes_a_clip_frame_by_frame_in_batches():
    classifier, clip = make_classifier("class"), make_clip(T, side=16)
    whole, parts = (explain(classifier, clip, ("se", "gradcam"), batch_size=size) for size in (32, 3))
    for one, other in zip(whole, parts, strict=True):
        assert one.heatmaps.shape == (T, 16, 16)
        assert np.allclose(one.heatmaps, other.heatmaps, atol=1e-5)


def test_the_influence_of_a_frame_is_gradient_times_what_the_head_reads():
    classifier, clip = make_speaker("none"), make_clip(T)
    found = influence(classifier, clip)
    reading = read(classifier, clip)
    seen, heard = reading.pooled()
    leaf = seen.clone().requires_grad_()
    logits = classifier.net.classify(leaf, heard)
    for frame in (0, 7):
        grads = torch.autograd.grad(logits[frame, 1], leaf, retain_graph=True)[0]
        assert np.allclose(found[frame], (grads * seen).sum(2)[0].detach().numpy(), atol=1e-6)
    with pytest.raises(ValueError, match="net for clips"):
        influence(make_classifier(), make_clip(2, side=16))


def test_scores_are_the_probability_of_speaking():
    classifier, clip = make_speaker("none"), make_clip(T)
    logits = torch.tensor(explain(classifier, clip, "mean")[0].logits)
    assert np.allclose(predict_frames(classifier, clip), logits.softmax(1)[:, 1], atol=1e-6)
    assert np.allclose(predict_frames(classifier, clip, "not speaking"), logits.softmax(1)[:, 0], atol=1e-6)


def test_a_saved_clip_is_a_video_with_sound_a_table_and_all_maps(tmp_path):
    classifier, clip = make_speaker("sparse"), make_clip(T)
    (found,) = explain(classifier, clip, "se:percent=20", scale="clip")
    paths = {path.suffix: path for path in found.save(tmp_path)}
    assert set(paths) == {".mp4", ".csv", ".npz", ".json"}
    video = probe(paths[".mp4"])
    assert (video.width, video.height, video.has_audio) == (336, 336, True)
    assert len(list(frames(paths[".mp4"]))) == T
    rows = list(csv.DictReader(paths[".csv"].open()))
    assert [row["frame"] for row in rows] == [str(frame) for frame in range(T)]
    shares = torch.tensor(found.logits).softmax(1)[:, 1].numpy()
    assert np.allclose([float(row["p_speaking"]) for row in rows], shares, atol=1e-5)
    assert {row["channels"] for row in rows} == {"13"}
    maps = np.load(paths[".npz"])
    assert np.allclose(maps["heatmaps"], found.heatmaps, atol=1e-3)
    assert maps["audio.heatmaps"].shape == (1, 13, 4 * T)
    assert maps["fusion.frames"].shape == (T, 64)
    told = json.loads(paths[".json"].read_text())["explanations"]
    assert next(iter(told.values()))["sample"]["clip"] == {"frames": T, "fps": 25.0, "sound": True}
