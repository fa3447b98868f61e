import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from halves import stop_after
from PIL import Image
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from sqexplain import cli, data, models
from sqexplain.classifier import Spec
from sqexplain.evaluation.speed import Timing
from sqexplain.models.nets.resnet import SmallResNet
from sqexplain.sample import PictureDataset, Sample

ROOT = Path(__file__).parents[1]
SIZE = 16


class Shades(PictureDataset):
    """Dark and light noise, 64 pictures."""

    name = "shades"
    classes = ("dark", "light")
    licence = source = "made here"

    def __init__(self, split="test", root=None):
        self.seed = ("train", "test").index(split)
        self.root = root

    def __len__(self):
        return 64

    def __getitem__(self, index):
        images, labels = self.arrays()
        return Sample(f"shade {index}", images[index][None], labels=labels[index : index + 1])

    def arrays(self):
        labels = np.arange(64) % 2
        noise = np.random.default_rng(self.seed).integers(0, 100, (64, SIZE, SIZE, 3))
        return (noise + 130 * labels[:, None, None, None]).astype(np.uint8), labels


SPEC = Spec(
    name="tiny",
    build=partial(SmallResNet, 2, (16,), (1,), scale=1.0),
    classes=Shades.classes,
    layer="stages",
    size=SIZE,
    mean=(0.5, 0.5, 0.5),
    std=(0.25, 0.25, 0.25),
    data="shades",
)


def run(*words):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture(scope="module", autouse=True)
def _registered():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(models.MODELS, "tiny", SPEC)
        patch.setitem(data.DATASETS, "shades", Shades)
        yield


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A trained tiny net and its class gates, made by the commands themselves."""
    folder = tmp_path_factory.mktemp("runs")
    for words in (("train", "tiny"), ("retrofit", "tiny", "--gates", "class")):
        done = run(*words, "--epochs", 2, "--out", folder)
        assert done.exit_code == 0, done.output
    return folder / "tiny.class.safetensors"


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "a light.png"
    Image.fromarray(np.random.default_rng(0).integers(130, 255, (24, 32, 3), dtype=np.uint8)).save(path)
    return path


def explain(weights, files, out, *words):
    return run("explain", *files, "--model", "tiny", "--weights", weights, "--out", out, "--device", "cpu", *words)


def assert_one_sentence(done, *parts):
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("error: ")
    for part in parts:
        assert part in lines[0]


# --- explain


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


# --- lists


@pytest.mark.parametrize("command", ["models", "datasets", "methods"])
def test_a_list_prints_a_table_and_the_same_as_json(command):
    shown, told = run(command), run(command, "--json")
    assert shown.exit_code == told.exit_code == 0, shown.output + told.output
    rows = json.loads(told.stdout)
    assert len(rows) > 1
    assert all(row["name"].split("-")[0] in shown.stdout for row in rows)


# --- train, retrofit, evaluate


def test_training_tells_its_epochs_and_its_scores(tmp_path):
    done = run("train", "tiny", "--gates", "paper", "--epochs", 1, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert "epoch 1/1" in done.stdout
    assert "accuracy" in done.stdout
    card = json.loads((tmp_path / "tiny.paper.json").read_text("utf-8"))
    assert card["command"] == "python -m sqexplain train tiny --gates paper --seed 0 --epochs 1"


def test_training_goes_on_from_given_weights(weights, tmp_path):
    base = weights.with_name("tiny.none.safetensors")
    done = run("train", "tiny", "--gates", "paper", "--base", base, "--epochs", 1, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert "--base tiny.none.safetensors" in (tmp_path / "tiny.paper.json").read_text("utf-8")
    assert_one_sentence(run("train", "tiny", "--base", tmp_path / "gone", "--out", tmp_path), "gone")


def test_a_stopped_run_goes_on_to_the_same_weights(weights, tmp_path, monkeypatch):
    words = ("train", "tiny", "--epochs", 2, "--out", tmp_path)

    def stop(rows, share):  # noqa: ARG001
        stop_after(rows, 1)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sqexplain.cli.learning.watch", stop)
        stopped = run(*words)
    assert stopped.exit_code == 130
    assert "--resume" in stopped.stderr
    assert_one_sentence(run(*words), "--resume")
    assert run(*words, "--resume").exit_code == 0
    assert not list(tmp_path.glob("*.checkpoint*"))
    resumed, whole = (load_file(folder / "tiny.none.safetensors") for folder in (tmp_path, weights.parent))
    assert all(torch.equal(resumed[key], whole[key]) for key in whole)


def test_finished_weights_are_not_overwritten(weights):
    before = weights.read_bytes()
    assert_one_sentence(run("retrofit", "tiny", "--gates", "class", "--out", weights.parent), "--out")
    assert weights.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("train", "tiny", "--gates", "class"), ("'class'", "retrofit")),
        (("retrofit", "tiny", "--gates", "none"), ("'none'", "train")),
        (("train", "tinny"), ("'tinny'", "'tiny'")),
        (("train", "tiny", "--data", "shade"), ("'shade'", "'shades'")),
        (("train", "cifar10-resnet", "--out", "runs", "--data", "shades"), ("'cifar10-resnet'", "'shades'")),
        (("train", "cifar10-resnet", "--name", "mine", "--root", "nowhere"), ("cifar10", "nowhere")),
        (("evaluate", "tiny", "--weights", "nowhere"), ("nowhere",)),
    ],
    ids=lambda value: "-".join(value),
)
def test_long_work_refuses_wrong_words_at_once(tmp_path, monkeypatch, words, parts):
    monkeypatch.chdir(tmp_path)
    assert_one_sentence(run(*words), *parts)
    assert list(tmp_path.iterdir()) == []


def test_evaluate_writes_the_numbers_it_shows(weights, tmp_path):
    file = tmp_path / "scores.json"
    done = run("evaluate", "tiny", "--weights", weights, "--limit", 32, "--json", file)
    assert done.exit_code == 0, done.output
    told = json.loads(file.read_text("utf-8"))
    assert told["pictures"] == 32
    assert f"{told['scores']['accuracy']:.4f}" in done.stdout


def test_bench_tells_people_on_stderr_and_scripts_on_stdout(tmp_path, monkeypatch):
    def bench(repeats, batch, size, frames):  # noqa: ARG001
        print("a warning of a package")
        yield Timing(
            "SE map", 2.0, "bare forward", 1.0, 2.0, "<= 1.10", False, f"{repeats} runs of {batch} x {size} px"
        )
        yield Timing("SE map", 2.0, "nothing", None, None, ">= 4", None, "the same")

    monkeypatch.setattr("sqexplain.evaluation.speed.bench", bench)
    done = run("bench", "--repeats", 3)
    assert done.exit_code == 0, done.output
    assert [row["ratio"] for row in json.loads(done.stdout)] == [2.0, None]
    assert "3 runs of 8 x 224 px" in done.stderr
    assert "bare forward" in done.stderr
    told = run("bench", "--json", tmp_path / "bench.json")
    assert told.stdout == ""
    assert json.loads((tmp_path / "bench.json").read_text("utf-8")) == json.loads(
        done.stdout.replace("3 runs", "5 runs")
    )


def test_app_starts_the_pages_on_localhost_alone(monkeypatch):
    started = []

    def start(command, check):  # noqa: ARG001
        started.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("sqexplain.cli.serving.subprocess.run", start)
    assert run("app", "--port", 8600).exit_code == 0
    assert {"streamlit", str(ROOT / "app.py"), "--server.address=localhost", "--server.port=8600"} <= set(started[0])


# --- the process


def test_the_process_ends_with_code_2_and_no_traceback(tmp_path):
    words = [
        sys.executable,
        "-m",
        "sqexplain",
        "explain",
        "none.png",
        "--model",
        "cifar10-resent",
        "--out",
        tmp_path / "o",
    ]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: unknown model 'cifar10-resent'. Did you mean 'cifar10-resnet'?")
    assert not (tmp_path / "o").exists()
