"""Lists, learning, measuring and the app by the command line, and the process itself."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from browsing import wait_for
from commands import assert_one_sentence, run
from halves import stop_after
from safetensors.torch import load_file

from sqexplain.evaluation.speed import Timing

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.usefixtures("tiny")


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


# --- app


def port_of(spot: socket.socket) -> int:
    """Bind a socket to a free port of localhost, without listening; return the port."""
    spot.bind(("127.0.0.1", 0))
    return spot.getsockname()[1]


@pytest.fixture
def free():
    """A port that nobody listens on."""
    with socket.socket() as spot:
        return port_of(spot)


@pytest.fixture
def started(monkeypatch):
    """The commands that would have been run."""
    commands = []
    monkeypatch.setattr("sqexplain.cli.serving.serve", lambda command: commands.append(command) or 0)
    return commands


def test_app_starts_the_pages_on_localhost_alone(started, free):
    assert run("app", "--port", free).exit_code == 0
    assert {"streamlit", str(ROOT / "app.py"), "--server.address=localhost", f"--server.port={free}"} <= set(started[0])


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "0.0.0.0"])
def test_app_listens_where_it_is_told_to(started, free, address):
    done = run("app", "--port", free, "--address", address)
    assert done.exit_code == 0, done.output
    assert f"--server.address={address}" in started[0]


@pytest.mark.parametrize(
    "address", ["", " ", "0", "192.0.2.1", "no.such.host.invalid", "a" * 300, "unix:///x", "1.2.3"]
)
def test_app_refuses_what_is_no_address_of_this_machine(started, free, address):
    done = run("app", "--port", free, "--address", address)
    assert_one_sentence(done, f"'--address' is {address!r}", "localhost for this machine alone", "0.0.0.0")
    assert not started


def test_app_says_that_a_port_is_taken(started):
    with socket.socket() as spot:
        port = port_of(spot)
        spot.listen()
        assert_one_sentence(run("app", "--port", port), f"port {port} is taken", "--port")
    assert not started


def test_the_signal_to_end_ends_the_server_of_the_app_too(free, tmp_path):
    words = [sys.executable, "-m", "sqexplain", "app", "--port", str(free)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(words, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, **quiet)
    try:
        wait_for(f"http://localhost:{free}/_stcore/health")
        server.terminate()
        server.wait(20)
    finally:
        server.kill()
    with socket.socket() as spot:
        assert spot.connect_ex(("127.0.0.1", free)) != 0


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
