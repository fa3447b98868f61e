"""Files are written whole or not at all, whoever writes them and whatever stops it."""

import ast
import csv
import signal
import subprocess
import sys
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import make_classifier, make_sample

from sqexplain import media
from sqexplain.cli.console import write_json
from sqexplain.data.speakers.tables import write_table
from sqexplain.explanation import explain
from sqexplain.learning.checkpoints import save_checkpoint
from sqexplain.models.store import write_card, write_weights
from sqexplain.synthetic.talkers.cache import Cache, Table

ROOT = Path(__file__).parents[1]
FRAMES = [np.full((16, 16, 3), shade, np.uint8) for shade in (0, 90, 200)]
# What the library writes: into a folder, and the names of the files it makes there, the one that refers to others last.
WRITERS = {
    "bytes": (lambda folder: media.write_bytes(folder / "a.bin", b"new"), ["a.bin"]),
    "table": (lambda folder: media.write_csv(folder / "a.csv", [["a"], [1]]), ["a.csv"]),
    "table of speakers": (lambda folder: write_table(folder / "a.csv", [["1"]], ["a"]), ["a.csv"]),
    "video": (lambda folder: media.write_video(folder / "a.mp4", FRAMES, 25), ["a.mp4"]),
    "JSON": (lambda folder: write_json(folder / "a.json", {"a": 1}), ["a.json"]),
    "checkpoint": (lambda folder: save_checkpoint(folder / "run", {"seed": 0}, {"w": torch.zeros(3)}), ["run"]),
    "weights": (lambda folder: write_weights(make_classifier("paper"), folder), ["tiny.paper.safetensors"]),
    "card": (lambda folder: write_card(folder / "tiny.safetensors", {"name": "tiny"}), ["tiny.json"]),
    "drawn rows": (lambda folder: list(Cache(folder, [Table("rows", 3, np.atleast_1d)]).fill()), ["rows-000.npy"]),
    "explanation": (
        lambda folder: explain(make_classifier(), make_sample(frames=2), "mean")[0].save(folder),
        [f"noise-0-b7d25d65_tiny-class_ant_mean.{kind}" for kind in ("npz", "mp4", "csv")] + ["manifest.json"],
    ),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(params=WRITERS)
def writer(request):
    return WRITERS[request.param]


def test_a_new_file_is_whole_and_alone(writer, tmp_path):
    write, names = writer
    write(tmp_path / "new" / "folder")
    assert sorted(contents(tmp_path / "new" / "folder")) == sorted(names)


def test_an_error_before_the_end_leaves_nothing(writer, tmp_path, monkeypatch):
    write, names = writer

    def fail(*_):
        assert len(list(tmp_path.iterdir())) == len(names)  # all parts are written before the first takes its place
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ValueError, match="cannot be written .No space left on device.; "):
        write(tmp_path)
    assert contents(tmp_path) == {}


def test_a_place_that_cannot_be_written_is_named(writer, tmp_path):
    write, _ = writer
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ValueError, match="file' is a file.*; (choose another|give)"):
        write(tmp_path / "file")
    assert contents(tmp_path) == {"file": b"no folder"}


@pytest.mark.parametrize("moment", ["open", "write", "replace"])
def test_a_kill_leaves_the_old_file(tmp_path, moment):
    """The process ends without a chance to tidy up: while it opens, writes or moves the new file."""
    target = media.write_bytes(tmp_path / "a.csv", b"old")
    code = f"""
import os, pathlib, signal, sys
from sqexplain import media

def rows():
    yield ["a"] * 100_000
    if {moment!r} == "write":
        os.kill(os.getpid(), signal.SIGKILL)
    yield ["b"]

if {moment!r} != "write":
    setattr(pathlib.Path, {moment!r}, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
media.write_csv(sys.argv[1], rows())
"""
    run = subprocess.run([sys.executable, "-c", code, str(target)], cwd=ROOT, check=False)
    assert run.returncode == -signal.SIGKILL
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["a.csv"]


def test_several_files_change_together_or_not_at_all(tmp_path):
    files = {tmp_path / "a": b"1", tmp_path / "sub" / "b": b"2"}
    assert media.write_files(files) == list(files)

    def stop():
        with media.atomic_writes(*files) as (first, second):
            first.write_bytes(b"3")
            second.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert [path.read_bytes() for path in files] == [b"1", b"2"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "sub"]


def test_a_folder_in_one_place_keeps_all_files_from_changing(tmp_path):
    old = media.write_bytes(tmp_path / "a", b"old")
    (tmp_path / "b").mkdir()
    with pytest.raises(ValueError, match="b' cannot be written .it is a folder.; choose another folder"):
        media.write_files({old: b"new", tmp_path / "b": b"new"})
    assert old.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_the_file_that_refers_to_the_others_takes_its_place_last(tmp_path, monkeypatch):
    order, replace = [], Path.replace
    monkeypatch.setattr(Path, "replace", lambda part, path: order.append(path.suffix) or replace(part, path))
    WRITERS["explanation"][0](tmp_path)
    assert order == [".npz", ".mp4", ".csv", ".json"]


def test_a_reader_sees_no_row_before_the_last_is_written(tmp_path):
    target, seen = tmp_path / "a.csv", []

    def rows():
        for number in range(3):
            seen.append(target.exists())
            yield [number]

    assert media.write_csv(target, rows()).read_text() == "0\n1\n2\n"
    assert seen == [False] * 3


def test_a_table_is_read_as_it_was_written():
    rows = [["name", "a, b"], ['say "no"', "two\nlines"], ["", "é"]]
    text = media.csv_bytes(rows).decode()
    assert list(csv.reader(StringIO(text, newline=""))) == rows
    assert "\r" not in text
    assert "".join(media.csv_lines(rows)) == text


def test_a_fraction_has_six_digits_and_what_was_not_measured_none():
    cells = [1 / 3, np.float32(2 / 3), 1234567, np.int64(7), None, "text", True, float("nan")]
    assert media.csv_bytes([cells]) == b"0.333333,0.666667,1234567,7,,text,True,nan\n"


def test_arrays_are_read_as_they_were_written_and_equal_ones_give_equal_files():
    arrays = {"a.heatmap": np.arange(6, dtype=np.float16).reshape(2, 3), "b": np.array([True])}
    data = media.npz_bytes(arrays)
    with np.load(BytesIO(data)) as found:
        assert list(found) == list(arrays)
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype
            assert np.array_equal(found[name], array)
    assert media.npz_bytes(arrays) == data


ELSEWHERE = {"savez", "savez_compressed", "save_file", "mkstemp", "NamedTemporaryFile", "rename", "renames"}


def own_writing(source: str) -> list[str]:
    """List what `source` does that media.writing does for all: CSV writers, NPZ files and moves into place."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, owner = node.func.attr, getattr(node.func.value, "id", "")
        moved = name == "replace" and len(node.args) == 1 and not node.keywords  # that of a text takes two
        if name in ELSEWHERE or moved or (owner == "csv" and name in ("writer", "DictWriter")):
            found.append(f"{owner}.{name}, line {node.lineno}")
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "sqexplain").rglob("*.py")), ids=lambda path: "/".join(path.parts[-2:]))
def test_nobody_else_writes_tables_or_arrays_or_moves_files(path):
    here = path.relative_to(ROOT / "sqexplain").as_posix()
    found = own_writing(path.read_text("utf-8"))
    if here == "models/locks.py":  # a lock that is moved aside holds no content that could be half written
        found = [one for one in found if ".rename" not in one]
    assert here == "media/writing.py" or found == []


@pytest.mark.parametrize("line", ["csv.writer(f)", "np.savez(f, a=1)", "part.replace(path)", "tempfile.mkstemp()"])
def test_a_planted_writer_is_found(line):
    assert len(own_writing(line)) == 1
    assert own_writing("text.replace('a', 'b')") == []
