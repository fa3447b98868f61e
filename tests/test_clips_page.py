"""The page "Clips" without a browser: it shows a result, holds its state in the link, answers trouble in a sentence."""

import base64
import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import open_page
from fake_clips import FakeTalkers
from speaker_folders import AVA, write_ava
from streamlit.testing.v1 import AppTest

from sqexplain.data import open_dataset
from sqexplain.media import encode_jpeg, log_mel, loudness
from sqexplain.models import MODELS, build_model
from sqexplain.progress import Progress
from sqexplain.ui import cache
from sqexplain.ui.clip import cache as clips
from sqexplain.ui.clip import player_page, sound, sources


@pytest.fixture(autouse=True)
def small(monkeypatch, request):
    """Short clips and a net with random weights; nothing is kept from one test to the next."""
    torch.manual_seed(0)
    nets = {gates: build_model(MODELS["speaker"], gates, "cpu") for gates in ("sparse", "none")}
    if "shipped" not in request.fixturenames:
        monkeypatch.setattr(cache, "open_dataset", lambda _name, _split: FakeTalkers())
        monkeypatch.setattr(cache, "classifier", lambda _model, gates: nets[gates])
        monkeypatch.setattr(cache, "ready", lambda model: model == "speaker")
        monkeypatch.setattr(cache, "kinds", lambda _model: ["sparse", "none"])
    if "whole" not in request.fixturenames:  # what comes after the first picture takes longer
        monkeypatch.setattr(player_page, "finish", lambda _view: None)
    kept = (cache.dataset, cache.sample, cache.thumbnails, cache.slot)
    kept += (clips.reading, clips.kept, clips.probabilities, clips.mean_gates)
    for one in kept:
        one.clear()
    yield
    for one in kept:
        one.clear()


@pytest.fixture
def whole():
    """Ask for all that the page finds out after the first picture."""


@pytest.fixture
def shipped():
    """Ask for the net and the clips that are shipped."""


def run(**link) -> AppTest:
    return open_page("clips", **link)


def data_of(app: AppTest, name: str) -> dict | None:
    """Return the data of a component by a key that only its data have."""
    for found in app.get("bidi_component"):
        (data,) = json.loads(found.proto.json)
        if name in data:
            return data
    return None


def link(app: AppTest) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


@pytest.mark.usefixtures("whole")
def test_the_first_visit_shows_a_clip_with_everything_that_is_known_of_it():
    app = run()
    assert not app.error
    data = data_of(app, "chances")
    assert data["name"] == "in sync"
    assert [panel["title"] for panel in data["panels"]] == ["SE", "HiResCAM", "GradCAM"]
    assert len(data["further"]["ablations"]) == 6
    assert "How constant are these gates?" in data["constancy"]["text"]
    assert [one["name"] for one in data_of(app, "pictures")["pictures"]] == ["in sync", "mute", "two: 1", "two: 2"]
    assert [button.label for button in app.get("download_button")][:2] == ["Video (MP4)", "Frames (CSV)"]


@pytest.mark.usefixtures("shipped")
def test_the_net_that_is_shipped_hears_who_speaks_in_the_first_clip():
    app = run()
    data = data_of(app, "chances")
    assert data["name"] == "in sync"
    speaking = np.frombuffer(base64.b64decode(data["chances"]), "<f4") > 0.5
    assert (speaking == np.array(data["labels"], bool)).mean() > 0.9
    assert link(app)["clip_gates"] == "sparse"
    assert "untrained" not in data["panels"][0]["note"]


STATE = {"speaker": "speaker", "clip_gates": "sparse", "clip_methods": "se,layercam", "clip_controls": "on"}
STATE |= {"clips": "talkers", "clip": "1", "frame": "7", "percent": "30", "opacity": "45"}
STATE |= {"base": "colour", "map": "magma", "scale": "clip"}


def test_a_fresh_session_opens_a_full_link_and_keeps_it():
    app = run(**STATE)
    assert link(app) == STATE
    data = data_of(app, "chances")
    assert data["start"] == {
        "percent": 30,
        "opacity": 45,
        "base": "colour",
        "map": "magma",
        "scale": "clip",
        "frame": 7,
    }
    titles = [panel["title"] for panel in data["panels"]]
    assert titles[:2] == ["SE", "LayerCAM"]
    assert {"All channels", "Highest channels", "Random channels", "Untrained SE"} <= set(titles)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("speaker", "speeker", "speaker"),
        ("clip", "99", "0"),
        ("clip_methods", "se,gradcma", "se,hirescam,gradcam"),
        ("clips", "upload", "talkers"),
        ("frame", "4000", "15"),
        ("scale", "none", "frame"),
    ],
)
def test_what_a_link_asks_for_in_vain_is_told_and_replaced(name, value, shown):
    app = run(**{name: value})
    assert len(app.toast) == 1
    assert link(app)[name] == shown
    assert data_of(app, "chances")


def test_two_people_are_shown_in_the_whole_picture():
    data = data_of(run(clip="3"), "chances")
    assert [person["name"] for person in data["people"]] == ["person 1", "person 2"]
    assert data["person"] == 1
    assert data["whole"]["width"] == 224


def test_a_clip_without_sound_is_explained_with_a_warning():
    data = data_of(run(clip="1"), "chances")
    assert "silence" in data["warning"]
    assert data["sound"] is None


def test_without_gates_the_methods_that_read_them_are_not_offered():
    data = data_of(run(clip_gates="none"), "chances")
    assert "SE" not in [panel["title"] for panel in data["panels"]]
    assert data["scores"]["label"] == "mean activation"


def test_no_method_is_answered_with_what_to_do():
    app = run()
    app.session_state["clip_methods"] = []
    app.run()
    assert "Choose at least one method" in app.info[0].value


def test_weights_that_are_not_here_are_offered():
    app = run(speaker="speaker-light")
    assert "not on this machine yet" in app.info[0].value
    assert any("Download the weights" in button.label for button in app.button)


def footage(faces: int) -> SimpleNamespace:
    """Return what is known of a video of two people, as `find_people` yields it at last."""
    talkers = FakeTalkers()
    scene = talkers.scene(2)
    people = tuple(
        SimpleNamespace(name=name, start=0, boxes=boxes, found=talkers[2].labels > 0, framed={"head": one}.get)
        for (name, boxes), one in zip(scene.boxes.items(), scene.samples, strict=True)
    )
    size = {"count": 20, "fps": 25.0, "height": 112, "width": 224}
    previews = tuple(encode_jpeg(picture) for picture in scene.frames)
    notes = ("the file has no sound",)
    return SimpleNamespace(name="talk", previews=previews, people=people[:faces], notes=notes, **size)


def upload(monkeypatch, work) -> AppTest:
    monkeypatch.setattr(sources, "find_people", work)
    app = run()
    app.file_uploader(key="clip_file_0").set_value(("talk.mp4", b"video", "video/mp4")).run()
    assert not app.exception
    return app


def test_the_people_of_a_video_of_your_own_are_explained(monkeypatch):
    def work(data, name):
        assert (data, name) == (b"video", "talk.mp4")
        yield Progress(1, 4)
        yield footage(2)

    app = upload(monkeypatch, work)
    assert not app.error
    assert link(app)["clips"] == "upload"
    data = data_of(app, "chances")
    assert len(data["people"]) == 2
    told = " ".join(caption.value for caption in app.caption)
    assert "“talk”: 2 faces" in told
    assert "detected in 50% of its frames" in told
    assert "drawn faces only" in app.warning[0].value
    assert "the file has no sound" in told


@pytest.mark.parametrize("words", ["'talk.mp4' holds text", "no face was found in 'talk.mp4'"])
def test_a_video_that_cannot_be_used_is_answered_in_a_sentence_and_the_page_stays(monkeypatch, words):
    def work(_data, _name):
        yield Progress(0, 4)
        raise ValueError(words)

    app = upload(monkeypatch, work)
    (error,) = app.error
    assert error.value == f"{words[:1].upper()}{words[1:]}."
    assert data_of(app, "chances")["name"] == "in sync"


def test_the_lines_to_reproduce_name_every_choice():
    app = run(clip_methods="se,gradcam", percent="20")
    app.session_state["clip_lines"] = True
    app.run()
    python, command = (block.value for block in app.code)
    assert "'se:percent=20'" in python
    assert "scale='picture'" in python
    assert command.startswith("python -m sqexplain explain in-sync.mp4 --model speaker --gates sparse")
    compile(python, "lines", "exec")


def test_tracks_of_ava_are_offered_where_their_folder_is(tmp_path, monkeypatch):
    write_ava(tmp_path)
    monkeypatch.setattr(clips, "track_sets", lambda: ["ava"])
    opened = {"ava": open_dataset("ava", "val", tmp_path), "talkers": FakeTalkers()}
    monkeypatch.setattr(cache, "open_dataset", lambda name, _split: opened[name])
    app = run(clips="ava", clip="1")
    assert data_of(app, "chances")["name"] == AVA[1].entity
    assert len(data_of(app, "pictures")["pictures"]) == len(AVA)
    assert "drawn faces only" in app.warning[0].value


def test_the_sound_is_drawn_for_people_when_it_is_asked_for():
    app = run()
    assert not app.get("plotly_chart")  # nothing of it is computed before
    app.session_state["clip_sound"] = True
    app.run()
    (chart,) = app.get("plotly_chart")
    sheet, level = json.loads(chart.proto.spec)["data"]
    clip = FakeTalkers()[0]
    assert [sheet["type"], level["type"]] == ["heatmap", "scatter"]
    shown = np.frombuffer(base64.b64decode(sheet["z"]["bdata"]), np.int8).reshape(40, -1)
    assert np.array_equal(shown, np.rint(log_mel(clip.audio, len(clip.frames), clip.fps)))
    assert sheet["dx"] == pytest.approx(0.01)  # four columns a frame, as the sheet in the player
    assert shown.shape[1] == data_of(app, "chances")["sheet"]["size"][1]
    heights = np.frombuffer(base64.b64decode(level["y"]["bdata"]), "<f4")
    assert np.allclose(heights, loudness(clip.audio, len(clip.frames), clip.fps))
    assert any("MFCC" in caption.value for caption in app.caption)


def test_a_clip_without_sound_offers_no_sheet():
    silent = dataclasses.replace(FakeTalkers()[0], audio=None)
    assert sound.draw(silent) is None
