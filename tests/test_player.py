"""What the player of clips is sent: maps as bytes that the browser turns back, shares, sentences, files."""

import base64
import csv
import io
import json

import numpy as np
import pytest
import torch
from fake_clips import long_payload, make_clip
from js_types import assert_sent

from sqexplain.classifier import Classifier
from sqexplain.evaluation import Score, localise
from sqexplain.explanation import read
from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.methods import parse
from sqexplain.metrics.localisation import dilated, mass_over_area
from sqexplain.models import MODELS, build_model
from sqexplain.synthetic.talkers import Talkers
from sqexplain.ui import cache
from sqexplain.ui.clip import ablations, downloads, packing, sources
from sqexplain.ui.clip import cache as clips
from sqexplain.ui.clip.payload import ClipView, mouth_masks, payload
from sqexplain.ui.clip.people import Cast, Person, whole_picture
from sqexplain.ui.clip.sources import best_frame
from sqexplain.ui.page_model import Selection

MAX_PAYLOAD = 4_000_000


def unpack(text: str, kind: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), kind)


@pytest.fixture(scope="module")
def nets() -> dict[str, Classifier]:
    torch.manual_seed(0)
    return {gates: build_model(MODELS["speaker"], gates, "cpu") for gates in ("sparse", "paper", "none")}


@pytest.fixture
def view(nets, monkeypatch):
    monkeypatch.setattr(cache, "classifier", lambda _model, gates: nets[gates])
    monkeypatch.setattr(cache, "sample", lambda _data, index: make_clip(seed=10 + index))
    clips.reading.clear()

    def view(sample, gates="sparse", methods=("se", "gradcam")) -> ClipView:
        return ClipView(Selection(sample, ("talkers", 0)), "speaker", gates, methods)

    return view


@pytest.fixture(scope="module")
def reading(nets):
    return read(nets["sparse"], make_clip(frames=12))


@pytest.mark.parametrize("name", ["se", "peaks", "random", "untrained", "se_class"])
def test_the_maps_of_every_percentage_are_those_of_the_library(reading, name):
    percents = (3, 10, 100)
    found = packing.ranked_maps(reading, parse(name), percents)
    for maps, percent in zip(found, percents, strict=True):
        (expected,) = reading.explain([f"{name}:percent={percent}"])
        np.testing.assert_allclose(maps, expected.raws, atol=1e-5)


def test_bytes_give_the_maps_back_within_half_a_step():
    maps = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype(np.float32)
    maps[0, 0] = 0.3  # no contrast
    levels, low, step = packing.levels(maps)
    assert levels.dtype == np.uint8
    back = low[..., None, None] + step[..., None, None] * levels
    assert (np.abs(back - maps) <= step[..., None, None] / 2 + 1e-6).all()


@pytest.mark.parametrize("size", [(112, 112), (60, 90)])
def test_the_extremes_of_an_enlarged_map_are_found_without_enlarging_it(size):
    maps = np.random.default_rng(1).random((2, 3, 14, 14)).astype(np.float32)
    enlarger = packing.Enlarger.of((14, 14), size)
    whole = enlarger(maps)
    low, high = enlarger.extremes(maps)
    np.testing.assert_allclose(low, whole.min((2, 3)), atol=1e-6)
    np.testing.assert_allclose(high, whole.max((2, 3)), atol=1e-6)


@pytest.mark.parametrize("offset", [0.0, -0.4], ids=["nothing below zero", "with values below zero"])
def test_the_share_on_the_mouth_is_the_one_that_the_metric_measures(offset):
    rng = np.random.default_rng(2)
    maps = (rng.random((2, 3, 14, 14)) + offset).astype(np.float32)
    masks = rng.random((3, 112, 112)) > 0.8
    enlarger = packing.Enlarger.of((14, 14), (112, 112))
    found = packing.shares(maps, enlarger.extremes(maps)[0], masks, enlarger)
    for step in range(2):
        drawn = heatmaps(torch.tensor(maps[step]), 112, 112, native=False).numpy()
        expected = [mass_over_area(*pair) * pair[1].mean() for pair in zip(drawn, masks, strict=True)]
        np.testing.assert_allclose(found[step], expected, atol=1e-4)


def test_a_map_that_shows_nothing_has_no_share():
    enlarger = packing.Enlarger.of((14, 14), (112, 112))
    maps = np.zeros((1, 1, 14, 14), np.float32)
    assert np.isnan(packing.shares(maps, np.zeros((1, 1)), np.ones((1, 112, 112), bool), enlarger)).all()


@pytest.fixture(scope="module")
def talking():
    return Talkers("demo")[0]


def test_the_page_and_localisation_mean_the_same_mouth(view, talking):
    data, masks = payload(view(talking)), mouth_masks(talking)
    assert np.array_equal(masks["strict"], talking.mask)
    assert np.array_equal(masks["wide10"], dilated(talking.mask))
    assert masks["wide10"].sum((1, 2)).mean() == pytest.approx(1321.648)  # a disc; a square would have 1579
    for name, mask in masks.items():
        np.testing.assert_allclose(data["mouth"][name], mask.mean((1, 2)), atol=1e-5)
    assert "10 px" in data["strip"]


def test_the_page_shows_the_mass_on_the_mouth_that_localisation_measures(view, nets, talking):
    methods = ("se", "gradcam", "hirescam", "mean")
    measured = localise(nets["sparse"], [talking], methods)
    scores = {row.name: row.value for row in measured if isinstance(row, Score)}
    data, speaking = payload(view(talking, methods=methods)), talking.labels == 1
    for method, panel in zip(methods, data["panels"], strict=True):
        place = data["percents"].index(10) if panel["ranked"] else 0
        for name, measure in (("strict", "mass"), ("wide10", "mass, wide")):
            shares = unpack(panel[name], "<f4").reshape(-1, len(talking.frames))[place]
            shown = shares / data["mouth"][name]  # the player writes both: 83 % (x7.9)
            (text,) = [one for one in scores if one.startswith(f"{measure}, {method}")]
            assert np.nanmean(shown[speaking]) == pytest.approx(scores[text], rel=1e-3), (method, measure)


@pytest.mark.parametrize(("methods", "frames"), [(1, 125), (1, 250), (5, 250), (2, 1500), (0, 10)])
def test_as_many_percentages_are_sent_as_fit(methods, frames):
    percents = packing.choose_percents(methods, frames, 196)
    assert packing.PAPER in percents
    assert percents == sorted(set(percents))
    assert percents[-1] == 100
    assert len(percents) <= 4 or methods * frames * 196 * len(percents) <= packing.BUDGET


def test_ten_seconds_are_less_than_four_megabytes(record_property):
    size = len(json.dumps(long_payload()))
    record_property("megabytes", size / 1e6)
    print(f"\n{size / 1e6:.2f} MB for 250 frames")  # noqa: T201  a measurement
    assert size < MAX_PAYLOAD


def test_the_payload_holds_every_frame(view):
    data = payload(view(make_clip(frames=12)))
    json.dumps(data)
    assert data["frames"] == 12
    assert data["labels"] == [0] * 6 + [1] * 6
    assert [panel["ranked"] for panel in data["panels"]] == [True, False]
    first, second = data["panels"]
    assert len(unpack(first["maps"], "u1")) == len(data["percents"]) * 12 * 196
    assert len(unpack(second["maps"], "u1")) == 12 * 196
    assert len(unpack(first["sheet"], "u1")) == 13 * 4 * 12
    probabilities = unpack(data["chances"], "<f4")
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert data["scores"]["shape"] == [12, 64]
    assert "untrained" in first["note"]
    assert data["account"].startswith("SE map of {count} of 64 channels (top {percent} %), class-agnostic")


def test_what_is_sent_is_what_the_scripts_say(view):
    data = payload(view(make_clip(frames=12)))
    assert_sent(data, "player", "ClipData", later=("start",))
    assert_sent(data["panels"][0], "player", "MapsData", "WordsData")
    assert_sent(data["scores"], "player", "ScoresData")
    assert_sent(data["faces"], "player", "SheetData")
    assert_sent(long_payload(), "player", "ClipData", later=("start",))


def test_gates_of_a_whole_clip_are_sent_once_and_named(view):
    data = payload(view(make_clip(frames=12), "paper"))
    assert data["scores"]["shape"] == [1, 64]
    assert "one vector for the whole clip" in data["warning"]


def test_without_gates_the_strongest_channels_are_shown(view):
    data = payload(view(make_clip(frames=12), "none", ("gradcam",)))
    assert data["scores"]["label"] == "mean activation"
    assert data["scores"]["rule"] is None


def test_a_clip_without_sound_says_what_the_net_heard(view):
    data = payload(view(make_clip(frames=12, sound=False)))
    assert data["sound"] is None
    assert "silence" in data["warning"]


def test_without_masks_the_strips_show_the_heat_of_a_frame(view):
    clip = make_clip(frames=12)
    bare = type(clip)(clip.name, clip.frames, clip.audio)
    data = payload(view(bare))
    assert data["mouth"] is None
    strip = unpack(data["panels"][0]["strip"], "<f4").reshape(-1, 12)
    np.testing.assert_allclose(strip.max(1), 1, atol=1e-6)


def test_the_whole_picture_counts_from_the_first_frame_of_the_face():
    clip = make_clip(frames=12)
    boxes = np.tile(np.float32([0.1, 0.2, 0.3, 0.3]), (12, 1))
    people = tuple(Person(f"person {number}", start, boxes, clip) for number, start in enumerate((5, 0)))
    pictures = np.zeros((20, 90, 160, 3), np.uint8)
    data = whole_picture(Cast(people, (np.full(12, 0.9), np.full(12, 0.1)), pictures), 12)
    assert [one["start"] for one in data["people"]] == [0, -5]
    assert (data["whole"]["width"], data["whole"]["height"], data["whole"]["every"]) == (160, 90, 1)


def test_what_is_taken_away_is_measured_on_the_frames_called_speaking(view):
    *steps, told = ablations.why(view(make_clip(frames=20)))
    assert [step.done for step in steps] == list(range(1, 8))
    assert [one["name"] for one in told["ablations"]] == ["muted", "swapped", "shifted", "frozen", "mouth", "eyes"]
    assert len(unpack(told["influence"], "i1")) == 400
    json.dumps(told)


def test_a_fall_is_that_of_the_frames_called():
    intact, changed = np.array([0.9, 0.7, 0.2]), np.array([0.1, 0.7, 0.9])
    assert ablations.drop(intact, changed) == pytest.approx(0.4)
    assert np.isnan(ablations.drop(intact / 10, changed))


@pytest.mark.parametrize(
    ("gates", "drops", "words", "differs"),
    [
        ({"audio": 0.7, "frames": 0.4}, {"muted": 0.1, "frozen": 0.8, "mouth": 0.2}, "disagree", True),
        ({"audio": 0.7, "frames": 0.4}, {"muted": 0.9, "frozen": 0.3, "mouth": 0.2}, "agree", False),
        ({}, {"muted": 0.9, "frozen": 0.3, "mouth": 0.2}, "no gates where the streams are fused", False),
        (
            {"audio": 0.7, "frames": 0.4},
            {"muted": np.nan, "frozen": np.nan},
            "No frame of this clip is classified",
            False,
        ),
        ({"audio": 0.7, "frames": 0.4}, {"frozen": 0.3, "mouth": 0.2}, "no sound", False),
    ],
)
def test_the_verdict_names_a_disagreement(gates, drops, words, differs):
    text, found = ablations.verdict(gates, drops, "speaking")
    assert words in text
    assert found is differs


def test_constant_gates_are_called_so():
    told = ablations.constancy_of(np.full((9, 4), 0.5), np.full((3, 4), 0.5))
    assert told["constant"]
    moving = np.random.default_rng(0).random((9, 4))
    assert not ablations.constancy_of(moving, moving[:3])["constant"]


def test_of_several_clips_of_a_kind_the_number_is_told():
    assert sources.short_names(("sync", "two", "two")) == ["in sync", "two: 1", "two: 2"]


def test_the_first_frame_shown_is_one_of_speech():
    assert make_clip(frames=20).labels[best_frame(make_clip(frames=20))] == 1


SETTINGS = {"percent": 10, "opacity": 60, "base": "grey", "map": "cividis", "scale": "clip", "frame": 0}


def test_the_table_has_a_row_for_every_frame(view):
    rows = list(csv.DictReader(io.StringIO(downloads.frames_file(view(make_clip(frames=12)), SETTINGS).decode())))
    assert len(rows) == 12
    assert {"frame", "seconds", "p_speaking", "truth", "p_after_muted", "gradcam.share_mouth"} <= rows[0].keys()
    assert float(rows[3]["seconds"]) == pytest.approx(0.12)


def test_the_video_shows_the_face_and_every_map(view):
    pictures = list(downloads.overlays(view(make_clip(frames=3)), SETTINGS))
    assert len(pictures) == 3
    assert pictures[0].shape == (224, 3 * 224 + 2 * downloads.GAP, 3)


def test_the_arrays_hold_maps_gates_and_logits(view):
    found = np.load(io.BytesIO(downloads.arrays_file(view(make_clip(frames=12)), SETTINGS)))
    assert {"logits", "gates", "gradcam.heatmaps", "gradcam.audio", "fusion.audio"} <= set(found)
    assert found["se-percent-10.heatmaps"].shape == (12, 112, 112)
