"""`save_model`: what it keeps is found by name and answers as before; what it cannot keep is said."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import make_classifier, make_speaker
from halves import SPEC, Halves
from user_folder import run, sentence

import sqexplain as sx
from sqexplain import publishing
from sqexplain.classifier import Classifier
from sqexplain.models import build_model
from sqexplain.models.finding import left_out
from sqexplain.models.store import digest, read_card

pytestmark = pytest.mark.usefixtures("tiny_halves")


def own(gates="class", name="tiny"):
    torch.manual_seed(0)
    net = build_model(SPEC, gates, "cpu")
    for block in net.blocks.values():
        block.trained.fill_(True)
    return replace(net, spec=replace(net.spec, name=name))


@pytest.mark.parametrize("gates", ["none", "paper", "sparse", "class"])
def test_a_saved_classifier_is_found_and_answers_as_before(empty, gates):
    classifier = own(gates)
    path = sx.save_model(classifier, name="kept.1")
    assert path == empty / f"kept.1.{gates}.safetensors"
    card = read_card(path)
    assert (card["name"], card["model"], card["scores"], card["sha256"]) == ("kept.1", "tiny", {}, digest(path))
    again = sx.load_model("kept.1", gates, device="cpu")
    sample = sx.Sample("half", Halves(1).images)
    one, other = (sx.read(each, sample).logits for each in (classifier, again))
    np.testing.assert_allclose(one, other, atol=2e-2)
    assert left_out() == {}
    assert sx.load_model("kept.1", device="cpu").gates == ("class" if gates == "none" else gates)


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("gates", ["none", "sparse", "paper"])
def test_a_saved_net_for_clips_is_found_without_its_gates_named(gates):
    sx.save_model(make_speaker(gates), name="mine")
    assert sx.load_model("mine", device="cpu").gates == gates


def test_what_cannot_be_saved_is_said_and_nothing_is_written(empty, tmp_path):
    for wrong in (5, make_classifier().net):
        assert "Classifier.from_net" in sentence(sx.save_model, wrong)
    foreign = Classifier.from_net(make_classifier().net, 4, 16, name="mine")
    assert "register_model" in sentence(sx.save_model, foreign)
    assert "'classes'" in sentence(sx.save_model, replace(own(), spec=replace(SPEC, classes=("a", "b"))))
    assert "weights of the net" in sentence(sx.save_model, replace(make_classifier(), spec=SPEC))
    assert "not trained" in sentence(sx.save_model, build_model(SPEC, "sparse", "cpu"))
    for name in ("../x", "a/b", ".x", "ä", "a b", "", "x" * 99, "a\n"):
        assert "letters" in sentence(sx.save_model, own(), name=name)
    assert "another model" in sentence(sx.save_model, own(), name="cifar10-resnet")
    assert "--name" in sentence(sx.save_model, sx.load_model("scenes-resnet"))
    assert not empty.exists()
    (tmp_path / "file").write_text("")
    assert "cannot be written" in sentence(sx.save_model, own(), tmp_path / "file")
    sx.save_model(own(), name="mine")
    before = {path: path.read_bytes() for path in empty.iterdir()}
    assert "there already" in sentence(sx.save_model, own(), name="mine")
    other = own("sparse")
    for value in other.net.parameters():
        value.data += 1
    assert "another net" in sentence(sx.save_model, other, name="mine")
    assert {path: path.read_bytes() for path in empty.iterdir()} == before


@pytest.mark.parametrize("gates", ["none", "paper", "class"])
def test_large_weights_are_kept_whole_and_broken_ones_refused(empty, gates):
    classifier = own(gates)
    name, kernel = next((name, value) for name, value in classifier.net.named_parameters() if value.ndim == 4)
    for broken in (float("nan"), float("inf")):
        kernel.data[0, 0, 0, 0] = broken
        assert name in sentence(sx.save_model, classifier, name="kept")
        assert not empty.exists()
    kernel.data[0, 0, 0, 0] = 70_000
    sx.save_model(classifier, name="kept")
    again = sx.load_model("kept", gates, device="cpu").net.state_dict()
    assert torch.equal(again[name], kernel)


@pytest.mark.parametrize("written", [0, 1, 2, 3])
def test_saving_again_after_a_kill_makes_it_whole(empty, written):
    path = sx.save_model(own(), name="mine")
    order = ["mine.none.safetensors", "mine.none.json", "mine.class.safetensors", "mine.class.json"]
    for file in order[written:]:
        (empty / file).unlink()
    parts = [empty / f".{digit * 16}.part" for digit in "0f"]
    for part in parts:
        part.write_bytes(b"half")
    os.utime(parts[0], (0, 0))
    assert sx.save_model(own(), name="mine") == path
    assert sorted(file.name for file in empty.iterdir()) == sorted([*order, parts[1].name])
    assert left_out() == {}
    assert sx.load_model("mine", device="cpu").gates == "class"


def test_a_stopped_run_and_kept_weights_spare_each_other(empty):
    words = ("train", "tiny", "--name", "mine", "--epochs", 2)
    rows = publishing.make("tiny", "none", Halves(64), Halves(64, 1), epochs=2, own_name="mine")
    next(row for row in rows if getattr(row, "number", 0) == 2)
    assert "another run" in sentence(sx.save_model, own(), name="mine")
    rows.close()
    assert (empty / "mine.none.checkpoint").exists()
    for gates in ("none", "class"):
        assert "stopped run" in sentence(sx.save_model, own(gates), name="mine")
    kept = sx.save_model(own("none"), name="other")
    (empty / "mine.none.checkpoint").rename(empty / "other.none.checkpoint")
    before = kept.read_bytes()
    done = run(*words[:3], "other", "--epochs", 2, "--resume")
    assert done.exit_code == 2
    assert "there already" in done.stderr
    assert kept.read_bytes() == before


def test_a_saved_net_of_a_registered_architecture_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("SQEXPLAIN_HOME", str(tmp_path))
    spec = replace(SPEC, name="theirs")
    monkeypatch.setitem(sx.MODELS, "theirs", spec)  # as register_model does, and forgotten afterwards
    net = build_model(spec, "none", "cpu")
    sx.save_model(net)
    again = sx.load_model("theirs", "none", device="cpu")
    sample = sx.Sample("half", Halves(1).images)
    np.testing.assert_allclose(sx.read(again, sample).logits, sx.read(net, sample).logits, atol=2e-2)
    rows = {row["name"]: row["from"] for row in json.loads(run("models", "--json").stdout)}
    assert rows["theirs"] == "registered, yours"
