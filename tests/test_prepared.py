"""What ships computed beforehand is what the code computes, and is used for the weights that it was computed with."""

import base64
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from sqexplain import prepared
from sqexplain.cli import app
from sqexplain.data import open_dataset
from sqexplain.drawing import COLORMAPS, colours
from sqexplain.evaluation.speed.estimating import forward_flops
from sqexplain.explanation import read
from sqexplain.media import decode_image
from sqexplain.models import MODELS, load_model
from sqexplain.models.large import LARGE
from sqexplain.models.store import list_cards
from sqexplain.prepared import FOLDER, MEASURED, OPERATIONS, comparisons, making, stored, thumbnails

DAMAGED = {"missing": None, "empty": b"", "cut": b'[{"name": "talk', "other": b"[1, 2]", "foreign": b'{"a": 1}'}
DIGESTS = {(card["name"], card["gates"]): card["sha256"] for card in list_cards()}
PAIRS = [(name, one) for name, (_, weights) in making.MEASURES.items() for one in weights]


def pixels(uri: str) -> np.ndarray:
    return decode_image(base64.b64decode(uri.partition(",")[2]))


@pytest.mark.parametrize(("name", "weights"), PAIRS, ids=lambda value: value if isinstance(value, str) else value[1])
def test_what_is_stored_is_of_the_weights_that_ship(name, weights):
    assert stored(name, DIGESTS[weights])


def test_nothing_else_is_stored():
    content = json.loads((FOLDER / MEASURED).read_bytes())
    assert set(content) == {OPERATIONS, *making.MEASURES}
    assert all(len(content[name]) == len(weights) for name, (_, weights) in making.MEASURES.items())
    assert stored("agreement", "digest of other weights") is None


@pytest.mark.parametrize("name", LARGE)
def test_the_operations_of_every_large_net_are_stored(name):
    assert stored(OPERATIONS, name) > 1e9


def test_the_operations_are_those_that_are_counted():
    assert stored(OPERATIONS, "celeba-resnet50") == forward_flops(MODELS["celeba-resnet50"])


def test_the_agreement_is_what_is_computed():
    found = comparisons.agreement(load_model("cifar10-resnet", "class"))
    assert found == pytest.approx(stored("agreement", DIGESTS["cifar10-resnet", "class"]), abs=1e-4)


def test_the_localisation_is_what_is_computed():
    found = comparisons.localisation(load_model("scenes-resnet", "paper"))
    for name, pair in stored("localisation", DIGESTS["scenes-resnet", "paper"]).items():
        assert found[name] == pytest.approx(tuple(pair), abs=1e-4)


def test_the_mean_gates_are_those_of_the_clip():
    gates = read(load_model("speaker", "sparse"), open_dataset("talkers", "demo")[5]).gates
    known = stored("mean gates", DIGESTS["speaker", "sparse"])
    assert len(known) == len(open_dataset("talkers", "demo"))
    np.testing.assert_allclose(known[5], gates.mean(0), atol=1e-5)


@pytest.mark.parametrize("data", thumbnails.SETS)
def test_the_small_pictures_are_those_that_are_drawn(data):
    for known, drawn in zip(thumbnails.stored(data), thumbnails.drawn(data), strict=True):
        assert known["name"] == drawn["name"]
        np.testing.assert_array_equal(pixels(known["picture"]), pixels(drawn["picture"]))


def test_of_other_data_no_small_pictures_are_stored():
    assert thumbnails.stored("cifar10") == []


@pytest.fixture(params=DAMAGED)
def damaged(request, tmp_path, monkeypatch):
    """The folder holds damaged files, or none."""
    caches = (prepared._measured, thumbnails.stored, colours.table)
    for kept in caches:
        kept.cache_clear()
    for name in (MEASURED, colours.FILE.name, *map(thumbnails.file_name, thumbnails.SETS)):
        if DAMAGED[request.param] is not None:
            (tmp_path / name).write_bytes(DAMAGED[request.param])
    monkeypatch.setattr(prepared, "FOLDER", tmp_path)
    monkeypatch.setattr(thumbnails, "FOLDER", tmp_path)
    monkeypatch.setattr(colours, "FILE", tmp_path / colours.FILE.name)
    yield tmp_path
    for kept in caches:
        kept.cache_clear()


def test_what_is_damaged_is_taken_as_not_stored(damaged):  # noqa: ARG001
    assert all(stored(name, DIGESTS[weights]) is None for name, weights in PAIRS)
    assert all(thumbnails.stored(data) == [] for data in thumbnails.SETS)


@pytest.mark.parametrize("colormap", COLORMAPS)
def test_colours_of_a_damaged_file_are_computed(damaged, colormap):
    np.testing.assert_array_equal(colours.table(colormap), colours.shades(colormap))
    colours.table.cache_clear()
    (damaged / colours.FILE.name).write_bytes((FOLDER / colours.FILE.name).read_bytes()[:-100])
    np.testing.assert_array_equal(colours.table(colormap), colours.shades(colormap))


@pytest.mark.parametrize("content", [{"agreement": 3}, {"agreement": [1]}, {"agreement": None}])
def test_an_entry_of_another_kind_is_taken_as_not_stored(damaged, content):
    (damaged / MEASURED).write_text(json.dumps(content))
    assert stored("agreement", DIGESTS["cifar10-resnet", "class"]) is None


def test_the_command_makes_every_file_that_ships(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "MEASURES", {})
    monkeypatch.setattr(making, "LARGE", {})
    monkeypatch.setattr(thumbnails, "SETS", {"talkers": ("demo", 1), "drawn-faces": ("test", 1)})
    result = CliRunner().invoke(app, ["prepare", "--out", str(tmp_path)])
    assert result.exit_code == 0
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {path.name for path in FOLDER.iterdir()}
    assert all(name in result.stdout for name in made)
