"""Explaining by the command line: pictures and folders, one after the other; a bad one is a sentence and no trace."""

import json

import numpy as np
import pytest
import torch
from commands import assert_one_sentence, run
from PIL import Image
from safetensors.torch import load_file, save_file

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "a light.png"
    Image.fromarray(np.random.default_rng(0).integers(130, 255, (24, 32, 3), dtype=np.uint8)).save(path)
    return path


def explain(weights, files, out, *words):
    return run("explain", *files, "--model", "tiny", "--weights", weights, "--out", out, "--device", "cpu", *words)


def test_explain_writes_pictures_maps_and_a_manifest(weights, picture, tmp_path):
    done = explain(weights, [picture], tmp_path / "out", "--method", "se:percent=20", "--method", "gradcam")
    assert done.exit_code == 0, done.output
    folder = tmp_path / "out"
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".npz", ".npz", ".png", ".png"]
    manifest = (folder / "manifest.json").read_text("utf-8")
    assert json.loads(manifest)
    assert "se:percent=20" in manifest
    assert "gradcam" in manifest


def test_explain_takes_a_class_by_name_or_index(weights, picture, tmp_path):
    by_name = explain(weights, [picture], tmp_path / "name", "--target", "dark", "--method", "gradcam")
    by_index = explain(weights, [picture], tmp_path / "index", "--target", "0", "--method", "gradcam")
    assert by_name.exit_code == by_index.exit_code == 0, by_name.output + by_index.output
    one, other = (next((tmp_path / name).rglob("*.npz")) for name in ("name", "index"))
    assert one.read_bytes() == other.read_bytes()


def test_a_bad_file_does_not_stop_the_others(weights, picture, tmp_path):
    bad = tmp_path / "notes.png"
    bad.write_text("not a picture")
    done = explain(weights, [bad, picture], tmp_path / "out")
    assert_one_sentence(done, "notes.png")
    assert {path.name[:7] for path in (tmp_path / "out").iterdir()} == {"a-light", "manifes", "explain"}


def test_a_folder_is_worked_through_and_taken_up_where_it_was_left(weights, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 255, (20, 20, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    (folder / "1.png").write_text("broken")
    (folder / "notes.txt").write_text("no picture")
    done = explain(weights, [folder], tmp_path / "out", "--method", "gradcam")
    assert_one_sentence(done, "1.png")
    assert len(list((tmp_path / "out").glob("*.png"))) == 2
    again = explain(weights, [folder], tmp_path / "out", "--method", "gradcam", "--resume")
    assert again.exit_code == 2
    assert "2 of 3 files are explained already" in again.stderr
    other = explain(weights, [folder / "0.png", folder / "2.png"], tmp_path / "out", "--method", "mean", "--resume")
    assert "explained already" not in other.stderr
    assert_one_sentence(explain(weights, [tmp_path / "in" / ".."], tmp_path / "out"), "holds no picture")


def test_two_files_of_one_name_do_not_overwrite_each_other(weights, picture, tmp_path):
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / picture.name
    Image.open(picture).rotate(180).save(twin)
    done = explain(weights, [picture, twin], tmp_path / "out", "--method", "gradcam")
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "out").glob("*.png"))) == 2


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_every_kind_of_pixel_is_explained(weights, tmp_path, mode):
    path = tmp_path / f"picture.{'tiff' if mode in ('CMYK', 'I;16') else 'png'}"
    grey = np.random.default_rng(0).integers(0, 255, (20, 20), dtype=np.uint8)
    if mode == "I;16":
        Image.fromarray(grey.astype(np.uint16) * 257).save(path)
    else:
        Image.fromarray(grey).convert(mode).save(path)
    done = explain(weights, [path], tmp_path / "out", "--method", "gradcam")
    assert done.exit_code == 0, done.output


def spoil(kind, picture):
    """Turn a good picture file into one that no net can be asked about."""
    if kind == "missing":
        picture.unlink()
    elif kind == "folder":
        picture.unlink()
        picture.mkdir()
    elif kind == "empty":
        picture.write_bytes(b"")
    elif kind == "text":
        picture.write_text("a text with the name of a picture")
    elif kind == "truncated":
        picture.write_bytes(picture.read_bytes()[:200])
    elif kind == "bomb":
        Image.new("1", (20_000, 20_000)).save(picture)


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "text", "truncated", "bomb"])
def test_a_bad_picture_is_one_sentence_and_leaves_nothing(weights, picture, tmp_path, kind):
    spoil(kind, picture)
    done = explain(weights, [picture], tmp_path / "out")
    assert_one_sentence(done, picture.name)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("--model", "cifar10-resent"), ("unknown model 'cifar10-resent'", "'cifar10-resnet'")),
        (("--gates", "clas"), ("'clas'", "'class'")),
        (("--method", "gradcma"), ("unknown method 'gradcma'", "'gradcam'")),
        (("--method", "se:percnt=5"), ("'percnt'", "'percent'")),
        (("--method", "se:percent=many"), ("'percent'", "'many'")),
        (("--method", "se:percent=0"), ("'percent'", "0")),
        (("--target", "drak"), ("unknown class 'drak'", "'dark'")),
        (("--target", "7"), ("7", "0 ... 1")),
        (("--scale", "film"), ("'film'", "clip")),
        (("--device", "abacus"), ("'abacus'",)),
    ],
    ids=lambda value: "-".join(value),
)
def test_a_wrong_word_is_one_sentence_and_leaves_nothing(weights, picture, tmp_path, words, parts):
    done = explain(weights, [picture], tmp_path / "out", *words)
    assert_one_sentence(done, *parts)
    assert not (tmp_path / "out").exists()


def spoilt_weights(kind, good, folder):
    path = folder / "bad.safetensors"
    state = load_file(good.with_name("tiny.none.safetensors"))
    if kind == "nan":
        save_file({key: torch.full_like(value, torch.nan) if value.is_floating_point() else value
                   for key, value in state.items()}, path)  # fmt: skip
    elif kind == "of another net":
        save_file({"layer.weight": torch.zeros(3, 3)}, path)
    elif kind == "truncated":
        path.write_bytes(good.read_bytes()[:-100])
    elif kind == "text":
        path.write_text("no weights")
    return path


@pytest.mark.parametrize("kind", ["nan", "of another net", "truncated", "text", "missing"])
def test_bad_weights_are_one_sentence_and_leave_nothing(weights, picture, tmp_path, kind):
    done = explain(spoilt_weights(kind, weights, tmp_path), [picture], tmp_path / "out")
    assert_one_sentence(done, "bad.safetensors")
    assert not (tmp_path / "out").exists()
