"""The command line on faces: photographs that are aligned, several attributes, tables of regions, the gallery."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from sqexplain import cli
from sqexplain.cli import console
from sqexplain.data.photographs import ASTRONAUT, CAT, locate, read
from sqexplain.evaluation.face_regions import REGIONS
from sqexplain.media import encode_png


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    """Break no line of a table, however wide the terminal is."""
    for one in (console.out, console.err):
        monkeypatch.setattr(one, "_width", 300)


def run(*words, code: int = 0):
    told = CliRunner().invoke(cli.app, [str(word) for word in words])
    assert told.exit_code == code, told.output
    return told


def test_a_photograph_is_aligned_and_explained_for_each_attribute(tmp_path):
    told = run(
        *("explain", locate(ASTRONAUT), "--model", "celeba-attributes", "--target", "Smiling, not Eyeglasses"),
        *("--method", "se_evidence", "--method", "gradcam", "--out", tmp_path),
    )
    manifest = json.loads((tmp_path / "manifest.json").read_text())["explanations"]
    asked = {(one["targets"][0]["class"], one["targets"][0]["sign"]) for one in manifest.values()}
    assert asked == {("Smiling", 1), ("Eyeglasses", -1)}
    assert len(manifest) == 4
    assert all(one["sample"]["shape"] == [1, 218, 178, 3] for one in manifest.values())
    assert "not Eyeglasses" in told.output
    assert "of 40 attributes" in told.output
    assert "Aligned by the eyes" in told.output


def two_faces(folder):
    one = read(ASTRONAUT)
    path = folder / "two.png"
    path.write_bytes(encode_png(np.concatenate([one, one[:, ::-1]], 1)))
    return path


@pytest.mark.parametrize("face", [1, 2])
def test_one_of_several_faces_is_chosen_by_its_number(tmp_path, face):
    run("explain", two_faces(tmp_path), "--model", "celeba-attributes", "--face", face, "--out", tmp_path / "out")
    assert (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--target", "Smilling"], ["'Smilling'", "Did you mean 'Smiling'?"]),
        (["--target", "Smiling,Eyeglases"], ["'Eyeglases'", "Did you mean 'Eyeglasses'?"]),
    ],
)
def test_a_misspelt_attribute_stops_before_anything_is_written(tmp_path, words, told):
    found = run("explain", locate(ASTRONAUT), "--model", "drawn-faces", *words, "--out", tmp_path / "out", code=2)
    assert all(word in found.output for word in told)
    assert not (tmp_path / "out").exists()


def test_a_photograph_without_a_face_or_with_several_is_told_and_the_others_are_explained(tmp_path):
    files = locate(CAT), two_faces(tmp_path), locate(ASTRONAUT)
    told = run("explain", *files, "--model", "celeba-attributes", "--out", tmp_path / "out", code=2)
    assert "no face was found in the photograph" in told.output
    assert "2 faces were found; choose one by its number" in told.output
    assert list((tmp_path / "out").glob("astronaut*.png"))


def test_the_table_of_regions_has_a_row_for_each_method_group_and_part(tmp_path):
    path = tmp_path / "regions.csv"
    told = run(
        *("regions", "drawn-faces", "--target", "Eyeglasses,Smiling", "--by", "Beard", "--limit", 6),
        *("--method", "se_evidence", "--out", path),
    )
    rows = list(csv.DictReader(path.open()))
    assert {row["attribute"] for row in rows} == {"Eyeglasses", "Smiling"}
    assert {row["group"] for row in rows} == {"all", "Beard", "not Beard"}
    assert [row["region"] for row in rows[: len(REGIONS)]] == list(REGIONS)
    whole = [row for row in rows if (row["attribute"], row["group"]) == ("Eyeglasses", "all")]
    assert sum(float(row["share"]) for row in whole) == pytest.approx(1, abs=1e-4)
    assert min(whole, key=lambda row: float(row["change"]))["region"] == "eyes"
    assert f"wrote {path}: {len(rows)} rows" in told.output.replace("\n", "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--target", "Smilling"], "Did you mean 'Smiling'?"),
        (["--by", "Beart"], "Did you mean 'Beard'?"),
        (["--faces", "some"], "with, without, all"),
        (["--method", "gradcan"], "Did you mean 'gradcam'?"),
        (["--gates", "none", "--method", "se"], "needs an SE block"),
    ],
)
def test_a_table_that_cannot_be_made_is_refused_and_nothing_is_written(tmp_path, words, told):
    path = tmp_path / "regions.csv"
    found = run("regions", "drawn-faces", *words, "--limit", 2, "--out", path, code=2)
    assert told in found.output
    assert not path.exists()


def test_the_gallery_names_faces_with_what_is_said_and_what_is_true():
    rows = json.loads(run("gallery", "drawn-faces", "--target", "bald", "--limit", 30, "--count", 2, "--json").stdout)
    kinds = {row["kind"] for row in rows}
    assert {"most confident yes", "most confident no", "least confident"} <= kinds
    first = next(row for row in rows if row["kind"] == "most confident yes")
    assert first["probability"] > 0.9
    assert first["label"] == 1
    assert first["name"] == f"face/{first['place']:04d}"
    assert "most confident no" in run("gallery", "drawn-faces", "--limit", 10, "--count", 1).output


def test_maps_and_answers_of_faces_can_be_measured(tmp_path):
    path = tmp_path / "scores.json"
    run("localise", "drawn-faces", "--limit", 2, "--method", "gradcam", "--method", "pooled", "--json", path)
    scores = json.loads(path.read_text())["scores"]
    assert scores["mass, gradcam"][0] > 1
    assert "pointing, gradcam minus pooled:percent=10" in scores
    assert "mass, gradcam, Beard" in scores


def test_the_weights_of_faces_are_listed_with_their_own_measures():
    told = run("weights").output
    assert "balanced" in told
    assert "drawn-faces" in told


def test_per_class_is_class(monkeypatch):
    asked = []
    monkeypatch.setattr("sqexplain.cli.learning.learn", lambda *words: asked.append(words[:3]))
    run("retrofit", "drawn-faces", "--per-class", "--gates", "sparse")
    run("retrofit", "drawn-faces", "--gates", "sparse")
    assert asked == [("retrofit", "drawn-faces", "class"), ("retrofit", "drawn-faces", "sparse")]
