"""Explanations are saved with all that they say, and a folder is never half written."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import CLASSES, make_sample

from sqexplain.explanation import explain, saving
from sqexplain.media import decode_image
from sqexplain.methods import parse
from sqexplain.sample import Sample


def test_a_saved_explanation_can_be_read_back(classifier, tmp_path):
    sample = Sample("../../etc/pass wd\n<b>", make_sample().frames)
    se, cam = explain(classifier, sample, ("se:percent=5", "gradcam++"))
    paths = se.save(tmp_path / "new" / "folder") + cam.save(tmp_path / "new" / "folder")
    assert {path.parent for path in paths} == {tmp_path / "new" / "folder"}
    assert sorted({path.name for path in paths}) == sorted(path.name for path in paths[0].parent.iterdir())
    with np.load(paths[0]) as maps:
        assert np.array_equal(maps["heatmaps"], se.heatmaps)
        assert np.array_equal(maps["gates"], se.gates)
        assert set(maps) == {"heatmaps", "raws", "gates", "logits", "targets"}
    assert decode_image(paths[1].read_bytes()).shape == (16, 16, 3)
    manifest = json.loads(paths[-1].read_text("utf-8"))["explanations"]
    assert [entry["method"]["text"] for entry in manifest.values()] == ["se:percent=5", "gradcam++"]
    entry = next(iter(manifest.values()))
    assert entry["sample"]["digest"] == sample.digest
    assert entry["method"]["settings"] == {
        "percent": 5,
        "rule": "topk",
        "z": 1.282,
        "scaled": True,
        "interpolation": "bilinear",
    }
    assert entry["targets"] == [{"index": se.target, "class": CLASSES[se.target], "sign": 1}]
    assert set(entry["versions"]) == {"sqexplain", "torch", "numpy", "python"}
    assert entry["files"] == [path.name for path in paths[:2]]


def test_every_frame_of_a_clip_is_saved(classifier, tmp_path):
    paths = explain(classifier, make_sample(frames=3), "mean")[0].save(tmp_path)
    assert [path.suffix for path in paths] == [".npz", ".mp4", ".csv", ".json"]
    assert len(set(paths)) == 4


def test_an_error_while_saving_leaves_nothing_behind(classifier, sample, tmp_path, monkeypatch):
    found = explain(classifier, sample)[0]
    write, calls = Path.write_bytes, []

    def full_disk(path, data):
        calls.append(path)
        if len(calls) == 2:
            raise OSError(28, "no space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(ValueError, match="cannot be written .no space"):
        found.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_manifest_is_not_overwritten(classifier, sample, tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "my app"}')
    with pytest.raises(ValueError, match="another folder"):
        explain(classifier, sample)[0].save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
    assert "my app" in (tmp_path / "manifest.json").read_text()


def test_a_file_is_no_folder(classifier, sample, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="is a file"):
        explain(classifier, sample)[0].save(tmp_path / "file")


@pytest.mark.parametrize("text", ["se:percent=12.5,rule=paper", "gradcam++", "se_class:percent=3"])
def test_the_file_name_of_a_method_is_plain(text):
    assert set(saving.file_word(parse(text).text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789.+-_")
