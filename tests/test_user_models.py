"""The user's folder of models: what is trained or saved there is found by name, everywhere."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from conftest import ROOT, make_speaker, open_page
from halves import SPEC, Halves
from safetensors.torch import load
from streamlit.testing.v1 import AppTest
from user_folder import run, sentence

import sqexplain as sx
from sqexplain import publishing
from sqexplain.locations import data_folder, models_folder
from sqexplain.media import encode_png
from sqexplain.models import build_model, imagenet
from sqexplain.models.finding import left_out
from sqexplain.models.locks import hold
from sqexplain.models.store import digest, packed, read_card, write_card, write_weights
from sqexplain.ui import cache

pytestmark = pytest.mark.usefixtures("tiny_halves")


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
    path = write_weights(replace(classifier, spec=replace(spec, name="gates", base=spec.name)), home)
    card = {"name": "gates", "model": spec.name, "gates": "sparse", "sha256": digest(path), **known}
    write_card(path, card)
    found = sx.load_model("gates", device="cpu")
    shipped = sx.load_model("scenes-resnet", "none", device="cpu").net.state_dict()
    assert all(torch.equal(found.net.state_dict()[key], shipped[key]) for key in shipped if "trained" not in key)
    write_card(path, card | {"frozen net": {"file": "scenes-resnet.none.safetensors", "sha256": "0"}})
    assert "trained on other weights of its net" in sentence(sx.load_model, "gates")


def test_a_block_on_published_weights_is_never_put_on_another_net(empty, monkeypatch, tmp_path):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    spec = replace(SPEC, name="squeezenet1_1")
    monkeypatch.setitem(sx.MODELS, spec.name, spec)
    monkeypatch.setitem(sx.DATASETS, "halves", lambda split, root: Halves(64, ("train", "test").index(split)))  # noqa: ARG005
    (tmp_path / "checkpoints").mkdir()
    file = tmp_path / "checkpoints" / "net.pth"
    torch.save(load(packed(build_model(spec, "none", "cpu"))), file)
    file = file.rename(file.with_name(f"net-{digest(file)[:8]}.pth"))
    known = SimpleNamespace(url=f"a/{file.name}", get_state_dict=lambda **_: torch.load(file))
    monkeypatch.setattr(imagenet, "published", lambda name: known)  # noqa: ARG005
    done = run("retrofit", spec.name, "--name", "mine", "--epochs", 1)
    assert done.exit_code == 0, done.output
    path = empty / "mine.class.safetensors"
    assert read_card(path)["frozen net"] == {"file": file.name, "sha256": digest(file)}
    before = sx.load_model("mine", device="cpu").net.state_dict()
    assert run("train", spec.name, "--name", "mine", "--epochs", 1).exit_code == 0  # another net of the same name
    after = sx.load_model("mine", device="cpu").net.state_dict()
    assert all(torch.equal(before[key], after[key]) for key in before)
    write_card(path, read_card(path) | {"frozen net": {}})
    assert "does not tell the net" in sentence(sx.load_model, "mine", "class")
    assert "does not tell the net" in sentence(sx.load_model, "mine", "class", path)
    write_card(path, read_card(path) | {"frozen net": {"file": file.name, "sha256": "0"}})
    assert "other weights of its net" in sentence(sx.load_model, "mine", "class")


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


def test_two_runs_do_not_work_on_the_same_name(empty):
    path, lock = empty / "race.none.safetensors", empty / "race.none.lock"
    words = ("train", "tiny", "--name", "race", "--epochs", 1)
    rows = publishing.make("tiny", "none", Halves(64), Halves(64, 1), epochs=1, own_name="race")
    next(rows)
    assert left_out() == {}
    done = run(*words)
    assert done.exit_code == 2
    assert "another run works on" in done.stderr
    assert "another run works on" in sentence(
        lambda: next(publishing.make("tiny", "none", Halves(64), Halves(64, 1), own_name="race"))
    )
    rows.close()
    assert not lock.exists()
    (empty / "race.none.checkpoint").unlink(missing_ok=True)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for left in (str(gone.pid), str(os.getpid()), "what"):  # of runs that were killed
        lock.write_text(left)
        with hold(path):
            assert lock.read_text() == str(os.getpid())
        assert not lock.exists()
    lock.write_text(str(os.getppid()))
    assert "another run works on" in sentence(hold(path).__enter__)
    lock.unlink()
    assert run(*words).exit_code == 0
    assert read_card(path)["sha256"] == digest(path)
    assert sorted(file.name for file in empty.iterdir()) == ["race.none.json", path.name]
