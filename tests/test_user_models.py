"""The user's folder of models: what is trained or saved there is found by name, everywhere."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import ROOT, make_classifier, make_speaker, open_page
from halves import SPEC, Halves
from streamlit.testing.v1 import AppTest
from user_folder import run, sentence

import sqexplain as sx
from sqexplain import publishing
from sqexplain.classifier import Classifier
from sqexplain.locations import data_folder, models_folder
from sqexplain.media import encode_png
from sqexplain.models import build_model
from sqexplain.models.finding import left_out
from sqexplain.models.store import digest, read_card
from sqexplain.ui import cache

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.setenv("SQEXPLAIN_HOME", str(tmp_path / "none"))
    return tmp_path / "none" / "models"


# --- found by name


def test_a_trained_model_is_found_by_its_own_name(home):
    classifier = sx.load_model("my-net")
    assert (classifier.spec.name, classifier.spec.architecture, classifier.gates) == ("my-net", "tiny", "class")
    assert classifier.block.trained
    assert classifier.card["model"] == "tiny"
    assert classifier.card["frozen net"] == {
        "file": "my-net.none.safetensors",
        "sha256": digest(home / "my-net.none.safetensors"),
    }
    assert "--name my-net" in read_card(home / "my-net.none.safetensors")["command"]
    assert "my-net" in sx.MODELS
    assert "my-net" in list(sx.MODELS)
    assert len(sx.explain(classifier, sx.Sample("half", Halves(1).images), ["se", "gradcam"])) == 2


@pytest.mark.usefixtures("home")
def test_the_commands_know_it(tmp_path):
    rows = {row["name"]: row for row in json.loads(run("models", "--json").stdout)}
    assert rows["my-net"]["from"] == "yours"
    assert rows["my-net"]["weights"] == ["none", "class"]
    assert rows["cifar10-resnet"]["from"] == "shipped"
    assert {"name", "from"} <= json.loads(run("weights", "--json").stdout)[-1].keys()
    assert "my-net" in run("weights").stdout
    done = run("evaluate", "my-net", "--limit", 8)
    assert done.exit_code == 0, done.output
    picture = tmp_path / "half.png"
    sx_picture = sx.Sample("half", Halves(1).images)
    picture.write_bytes(encode_png(sx_picture.picture))
    done = run("explain", picture, "--model", "my-net", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output


@pytest.mark.usefixtures("home")
def test_the_page_explain_offers_and_explains_it():
    app = open_page("explain", model="my-net")
    assert app.selectbox(key="w_model").value == "my-net"
    assert not app.error
    assert any("my-net" in option for option in app.selectbox(key="w_model").options)


@pytest.mark.usefixtures("empty")
def test_the_pages_of_clips_and_faces_offer_them_too():
    sx.save_model(make_speaker("sparse"), name="my-speaker")
    sx.save_model(sx.load_model("drawn-faces", "class"), name="my-faces")
    cache.shipped.clear()
    for page, choice, name in (("clips", "speaker", "my-speaker"), ("faces", "face_model", "my-faces")):
        app = open_page(page, **{choice: name})
        assert app.selectbox(key=f"w_{choice}").value == name
        assert not app.error
    cache.shipped.clear()


def test_a_model_that_goes_away_while_the_app_runs_leaves_the_page_whole(home):
    open_page("explain", model="my-net")
    assert "my-net" in cache.shipped()
    shutil.rmtree(home)
    app = open_page("explain", model="my-net")
    assert app.selectbox(key="w_model").value != "my-net"


def test_the_folder_is_asked_for_at_every_call(home, monkeypatch, tmp_path):
    assert models_folder() == home
    monkeypatch.setenv("SQEXPLAIN_HOME", str(tmp_path / "elsewhere"))
    assert "my-net" not in sx.MODELS
    assert data_folder("cifar10") == tmp_path / "elsewhere" / "data" / "cifar10"
    monkeypatch.delenv("SQEXPLAIN_HOME")
    assert data_folder("cifar10").parts[-3:] == (".cache", "sqexplain", "cifar10")
    assert data_folder("cifar10", "here").name == "here"


def test_the_command_where_names_the_folders(home):
    told = json.loads(run("where", "--json").stdout)
    assert told["models"] == str(home)
    assert run("where").stdout.startswith("models")


@pytest.fixture(params=["~no-such-user/x", "a" * 300], ids=["user", "length"])
def no_folder(request, monkeypatch):
    """SQEXPLAIN_HOME is what no folder can be called."""
    monkeypatch.setenv("SQEXPLAIN_HOME", request.param)
    cache.shipped.clear()
    yield request.param
    cache.shipped.clear()


def test_a_home_that_can_be_no_folder_is_named_where_the_folders_are_asked_for(no_folder):
    for work in (models_folder, data_folder):
        assert sentence(work).startswith(f"SQEXPLAIN_HOME is '{no_folder[:60]}")
    done = run("where")
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert "set it to a folder, or unset it" in done.stderr


def test_a_home_that_can_be_no_folder_leaves_out_own_models_alone(no_folder, tmp_path):  # noqa: ARG001
    assert {"cifar10-resnet", "speaker", "tiny"} <= set(sx.MODELS)
    [why] = left_out().values()
    assert "SQEXPLAIN_HOME" in why
    assert "SQEXPLAIN_HOME" in run("models").stderr
    assert sx.load_model("speaker", "sparse", device="cpu").block.trained
    classifier = sx.load_model("cifar10-resnet", "class", device="cpu")
    assert sx.save_model(classifier, tmp_path, "kept").exists()


@pytest.mark.parametrize(("page", "link"), [("explain", {}), ("faces", {"faces": "celeba"}), ("clips", {})])
def test_a_home_that_can_be_no_folder_leaves_the_pages_whole(no_folder, page, link):  # noqa: ARG001
    assert open_page(page, **link).caption


def test_a_home_that_can_be_no_folder_leaves_the_first_page_whole(no_folder):  # noqa: ARG001
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert app.caption


def test_a_block_for_a_shipped_net_finds_it_by_its_card(home):
    spec = sx.MODELS["scenes-resnet"]
    classifier = build_model(spec, "sparse", "cpu")
    known = {"frozen net": publishing.frozen_net("scenes-resnet", home / "gates.sparse.safetensors")}
    assert known["frozen net"]["file"] == "scenes-resnet.none.safetensors"
    classifier.block.trained.fill_(True)
    path = publishing.write_weights(replace(classifier, spec=replace(spec, name="gates", base=spec.name)), home)
    card = {"name": "gates", "model": spec.name, "gates": "sparse", "sha256": digest(path), **known}
    publishing.write_card(path, card)
    found = sx.load_model("gates", device="cpu")
    shipped = sx.load_model("scenes-resnet", "none", device="cpu").net.state_dict()
    assert all(torch.equal(found.net.state_dict()[key], shipped[key]) for key in shipped if "trained" not in key)
    publishing.write_card(path, card | {"frozen net": {"file": "scenes-resnet.none.safetensors", "sha256": "0"}})
    assert "trained on other weights of its net" in sentence(sx.load_model, "gates")


# --- refused before work


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("train", "cifar10-resnet"), ("--name", "--out")),
        (("retrofit", "cifar10-resnet"), ("--name", "--out")),
        (("train", "resnet50"), ("--name", "--out")),
        (("train", "speaker-light"), ("--name", "--out")),
        (("train", "tiny", "--name", "speaker"), ("'speaker'", "another model")),
        (("train", "cifar10-resnet", "--name", "my-net"), ("'my-net'", "'tiny'")),
        (("train", "tiny", "--name", "my-net"), ("my-net.none.safetensors", "--name")),
        (("train", "tiny", "--name", "../mine"), ("'../mine'", "letters")),
        (("retrofit", "my-nett"), ("'my-nett'", "Did you mean 'my-net'?")),
    ],
    ids=lambda value: "-".join(value),
)
def test_a_run_whose_weights_would_not_be_found_is_refused(home, words, parts):
    before = sorted(home.iterdir())
    done = run(*words)
    assert done.exit_code == 2, done.output
    assert len(done.stderr.splitlines()) == 1
    assert all(part in done.stderr for part in parts), done.stderr
    assert sorted(home.iterdir()) == before


# --- save_model


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
    foreign = Classifier.from_net(make_classifier().net, 4, 16, name="mine")
    assert "register_model" in sentence(sx.save_model, foreign)
    assert "'classes'" in sentence(sx.save_model, replace(own(), spec=replace(SPEC, classes=("a", "b"))))
    assert "weights of the net" in sentence(sx.save_model, replace(make_classifier(), spec=SPEC))
    assert "not trained" in sentence(sx.save_model, build_model(SPEC, "sparse", "cpu"))
    for name in ("../x", "a/b", ".x", "ä", "a b", "", "x" * 99, "a\n"):
        assert not name or "letters" in sentence(sx.save_model, own(), name=name)
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
