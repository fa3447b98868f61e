"""What pages share: views that reproduce themselves, files of known types, a list of models that is read once."""

import io

import numpy as np
import pytest
from conftest import make_clip, make_sample, make_speaker, open_page

from sqexplain.data import open_dataset
from sqexplain.explanation import read
from sqexplain.models import MODELS, load_model
from sqexplain.ui import cache, downloads, reproduction, view_settings, words
from sqexplain.ui.choices import EXPLAIN
from sqexplain.ui.clip import choices as clip_choices
from sqexplain.ui.clip.downloads import files as clip_files
from sqexplain.ui.clip.payload import ClipView
from sqexplain.ui.clip.people import Cast
from sqexplain.ui.face import choices as face_choices
from sqexplain.ui.face.payload import FaceView
from sqexplain.ui.page_model import Row, Selection, View, method_text

SETTINGS = {"percent": 20, "opacity": 60, "cut": 0, "base": "grey", "map": "cividis", "rule": "topk", "scale": "clip"}
PICTURE, CLIP = make_sample(height=40, width=60), make_clip()
HERE = {
    "picture": View(Selection(PICTURE, ("scenes", 3)), "scenes-resnet", "class", ("se", "gradcam"), ("fish",)),
    "predicted": View(Selection(PICTURE, ("scenes", 3)), "scenes-resnet", "none", ("gradcam",)),
    "face": FaceView(Selection(PICTURE, ("drawn-faces", 2)), "drawn-faces", "class", ("se",), ("Bald", "not Smiling")),
    "clip": ClipView(Selection(CLIP, ("talkers", 1)), "speaker", "sparse", ("se",)),
}
OWN = {
    "picture": View(Selection(PICTURE), "scenes-resnet", "class", ("se",)),
    "clip": ClipView(Selection(CLIP), "speaker", "sparse", ("se",), cast=Cast((), (), (), 2)),
}


@pytest.mark.parametrize("view", [*HERE.values(), *OWN.values()], ids=[*HERE, *(f"own {name}" for name in OWN)])
def test_every_view_says_how_to_make_it_again(view):
    python, command = reproduction.python(view, SETTINGS), reproduction.command(view, SETTINGS)
    compile(python, "lines", "exec")
    for part in (view.model, view.gates, *(target for target in view.targets if target)):
        assert part in python
        assert part in command
    for method in view.methods:
        assert method_text(method, SETTINGS) in python
        assert f"--method {method_text(method, SETTINGS)}" in command
    assert command.startswith(f"python -m sqexplain explain {view.file} ")


def test_a_sample_is_opened_where_it_came_from():
    assert HERE["picture"].opening() == "sample = sx.open_dataset('scenes')[3]"
    assert HERE["clip"].opening() == "sample = sx.open_dataset('talkers', 'demo')[1]"
    assert "sx.from_file('noise-0.png')" in OWN["picture"].opening()
    assert f"footage.people[2].framed({MODELS['speaker'].crop!r})" in OWN["clip"].opening()


def test_a_command_leaves_out_what_is_not_set():
    assert reproduction.shell("regions", "net", ("target", "not Bald"), ("by", ""), ("root", None)) == (
        "python -m sqexplain regions net --target 'not Bald'"
    )


def test_a_view_is_known_by_all_that_changes_its_result():
    view = HERE["face"]
    others = [FaceView(view.selection, "drawn-faces", "class", ("se",), targets) for targets in (("Bald",), ("Bangs",))]
    others.append(FaceView(view.selection, "drawn-faces", "class", ("se",), view.targets, parts=True))
    assert len({one.id for one in [view, *others]}) == 4


@pytest.mark.parametrize("named", [False, True], ids=["one target", "named targets"])
def test_the_maps_of_a_picture_are_named_by_method_and_where_needed_by_target(named):
    sample = open_dataset("drawn-faces")[2]
    reading = read(load_model("drawn-faces", "class"), sample, "not Smiling")
    rows = [Row(reading, reading.explain(["se:percent=20"]))]
    start = "not-Smiling." if named else ""
    found = np.load(io.BytesIO(downloads.maps_file(rows, named, picture=sample.picture)))
    assert set(found) == {"picture", f"{start}gates", f"{start}se-percent-20.heatmap", f"{start}se-percent-20.raw"}
    header, first, *_ = downloads.channels_file(rows, named, SETTINGS).decode().splitlines()
    assert header.split(",")[0] == ("attribute" if named else "rank")
    assert first.split(",")[-2] == "1", "the channel of the largest gate is in the map"


def test_every_file_of_a_page_has_a_known_type(monkeypatch):
    monkeypatch.setattr(cache, "classifier", lambda _model, _gates: make_speaker())
    files = [*downloads.picture_files(HERE["face"], [], SETTINGS), *clip_files(HERE["clip"], SETTINGS)]
    assert {one.name.rpartition(".")[2] for one in files} == set(downloads.TYPES)
    assert len({one.label for one in files}) == len(files) - 1, "maps, of a picture or of a clip"


def test_a_figure_shows_the_evidence_where_it_is_known():
    sample = open_dataset("scenes")[15]
    reading = read(load_model("scenes-resnet", "class"), sample)
    view = View(Selection(sample, ("scenes", 15)), "scenes-resnet", "class", ("se",))
    svg = downloads.figure_file(view, [Row(reading, reading.explain(["se"]))], SETTINGS, "svg").decode()
    assert np.array_equal(view.evidence(reading), sample.mask[0])
    assert "Evidence" in svg


def test_the_choices_of_a_page_have_names_of_their_own_in_the_link():
    names = [name for page in (EXPLAIN, clip_choices.NET, face_choices.NET) for name in page.names[:4]]
    assert len(set(names)) == len(names)
    assert set(view_settings.VIEWER) | set(view_settings.PLAYER) == set(view_settings.READ)


def test_the_list_of_models_is_read_from_the_disk_once(monkeypatch):
    asked = []
    look = cache.find_all
    monkeypatch.setattr(cache, "find_all", lambda name: asked.append(name) or look(name))
    cache.shipped.clear()
    app = open_page("explain")
    first = len(asked)
    assert first >= len(MODELS)
    app.selectbox(key="w_target").set_value("ship").run()
    assert len(asked) == first


@pytest.mark.parametrize(
    ("text", "shown"),
    [("no face was found", "No face was found."), ("Is it there?", "Is it there?"), ("It is gone.", "It is gone.")],
)
def test_an_error_is_shown_as_a_sentence(text, shown):
    assert words.sentence(ValueError(text)) == shown
