"""Damaged and foreign files in the user's folder of models: left out of lists, refused in a sentence, told of."""

import json
import os
import shutil

import pytest
import torch
from conftest import open_page
from user_folder import run, sentence

import sqexplain as sx
from sqexplain.models import cards
from sqexplain.models.finding import find_all, left_out
from sqexplain.models.store import read_card

pytestmark = pytest.mark.usefixtures("tiny_halves")


def spoil(kind, folder):
    """Damage the block of `my-net`; return a word of the reason."""
    weights, card = folder / "my-net.class.safetensors", folder / "my-net.class.json"
    content = json.loads(card.read_text())
    changed = {
        "an unknown model": {"model": "nowhere"},
        "a model of another task": {"model": "speaker"},
        "a foreign name": {"name": "../../my-net"},
        "no number": {"scores": {"accuracy": "good"}},
        "a huge number": {"scores": {"accuracy": 10**400}},
        "a share above 1": {"prevalence": {"left": 0.5, "right": 1.5}},
        "a share of another class": {"prevalence": {"left": 0.5, "up": 0.5}},
        "a path as its net": {"frozen net": {"file": 3}},
        "no net told": {"frozen net": {}},
        "no sha256": {"sha256": None},
    }
    if kind in changed:
        card.write_text(json.dumps(content | changed[kind]))
    elif kind == "broken JSON":
        card.write_text("{" * 5000)
    elif kind == "a number too long":
        card.write_text(card.read_text().replace('"scores": {', '"scores": {"a": ' + "1" * 5000 + ", ", 1))
    elif kind == "deep JSON":
        card.write_text("[" * 100_000 + "]" * 100_000)
    elif kind == "a huge card":
        card.write_bytes(b" " * (2 << 20))
    elif kind == "no card":
        card.unlink()
    elif kind == "cut short":
        weights.write_bytes(weights.read_bytes()[:-5])
    elif kind == "a pickle":
        torch.save({"a": torch.zeros(1)}, weights)
    elif kind == "huge":
        os.truncate(weights, 1 << 32)  # a hole in the file, which takes no room on the disk
    elif kind == "no net":
        (folder / "my-net.none.safetensors").unlink()
    else:
        weights.unlink()
        {"a folder": weights.mkdir, "a dead link": lambda: weights.symlink_to("gone"),
         "a pipe": lambda: os.mkfifo(weights)}[kind]()  # fmt: skip


KINDS = [
    *(
        "an unknown model",
        "a model of another task",
        "a foreign name",
        "no number",
        "a path as its net",
        "no net told",
        "no sha256",
    ),
    *("a huge number", "a number too long", "a share above 1", "a share of another class"),
    *("broken JSON", "deep JSON", "a huge card", "no card", "cut short", "a pickle", "huge", "no net"),
    *("a folder", "a dead link", "a pipe"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_weights_are_left_out_and_said(home, kind):
    spoil(kind, home)
    assert "class" not in find_all("my-net")
    assert list(left_out()) == ["my-net.class.safetensors"]
    assert "'" in sentence(sx.load_model, "my-net", "class")
    done = run("models")
    assert done.exit_code == 0
    assert done.stderr.count("note: ") == 1
    assert "my-net.class.safetensors" in done.stderr


def test_a_page_opens_with_damaged_weights_beside_whole_ones(home, made_home):
    for number, kind in enumerate(KINDS):
        folder = home.parent / str(number)
        shutil.copytree(made_home / "models", folder)
        spoil(kind, folder)
        for path in folder.iterdir():
            path.rename(home / path.name.replace("my-net", f"bad-{number}"))
    (home / "notes.txt").write_text("")
    card = json.loads((home / "my-net.class.json").read_text("utf-8"))
    card.pop("test pictures")  # it is told of in the summary
    (home / "my-net.class.json").write_text(json.dumps(card))
    (home / "...none.safetensors").write_text("")
    app = open_page("explain", model="my-net")
    assert app.selectbox(key="w_model").value == "my-net"
    assert len(left_out()) > len(KINDS)
    assert "notes.txt" in left_out()


def test_weights_that_were_replaced_under_their_card_are_refused(home):
    shutil.copy(home / "my-net.none.safetensors", home / "other.none.safetensors")
    card = read_card(home / "my-net.none.safetensors") | {"name": "other", "sha256": "0"}
    (home / "other.none.json").write_text(json.dumps(card))
    assert "sha256" in sentence(sx.load_model, "other", "none")


@pytest.mark.usefixtures("home")
def test_what_may_not_be_read_is_left_out(monkeypatch):
    cards._check.cache_clear()

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(cards, "_check_length", refuse)
    assert "Permission denied" in left_out()["my-net.none.safetensors"]
    assert "my-net" not in sx.MODELS
    cards._check.cache_clear()


@pytest.mark.usefixtures("home")
def test_listing_reads_no_weights(monkeypatch):
    assert "my-net" in list(sx.MODELS)
    monkeypatch.setattr(cards, "_check_length", lambda *_: pytest.fail("the weights are opened again"))
    assert "my-net" in list(sx.MODELS)
    assert find_all("my-net").keys() == {"none", "class"}
