"""Localisation measures on maps of four cells."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import make_clip, make_speaker

from sqexplain.data import open_dataset
from sqexplain.evaluation import Score, flips, localise
from sqexplain.explanation import explain
from sqexplain.metrics.localisation import centre_gaussian, dilated, mass_over_area, mean_interval, pointing
from sqexplain.models import MODELS, build_model

MASK = np.array([[True, False], [False, False]])


def test_pointing_asks_where_the_maximum_lies():
    assert pointing(np.array([[0.9, 0.5], [0.1, 0.0]]), MASK) == 1
    assert pointing(np.array([[0.5, 0.9], [0.1, 0.0]]), MASK) == 0


def test_equal_maxima_count_by_their_share():
    assert pointing(np.array([[0.9, 0.9], [0.0, 0.0]]), MASK) == 0.5


def test_mass_over_area_is_one_for_an_even_map_and_counts_mass():
    assert mass_over_area(np.full((2, 2), 0.3), MASK) == pytest.approx(1)
    assert mass_over_area(np.array([[0.5, 0.5], [0.0, 0.0]]), MASK) == pytest.approx(2)


@pytest.mark.parametrize("measure", [pointing, mass_over_area])
def test_without_mask_or_map_there_is_no_score(measure):
    assert math.isnan(measure(np.ones((2, 2)), np.zeros((2, 2), bool)))
    assert math.isnan(measure(np.zeros((2, 2)), MASK))


def test_the_centre_gaussian_is_symmetric_and_highest_in_the_middle():
    found = centre_gaussian(5, 7)
    assert found.argmax() == 2 * 7 + 3
    assert np.array_equal(found, found[::-1, ::-1])


def test_the_interval_leaves_out_what_was_not_measured():
    mean, half = mean_interval(np.array([1.0, 3.0, np.nan]))
    assert mean == 2
    assert half == pytest.approx(1.96)


def test_a_method_and_the_centre_are_measured_on_scenes():
    scenes = open_dataset("scenes")
    torch.manual_seed(0)
    classifier = build_model(MODELS["scenes-resnet"], "none", "cpu")
    scores = {row.name: row for row in localise(classifier, [scenes[0], scenes[1]], ["mean"]) if isinstance(row, Score)}
    assert set(scores) == {"mass, mean", "pointing, mean", "mass, centre Gaussian", "pointing, centre Gaussian"}
    by_hand = np.mean([mass_over_area(centre_gaussian(96, 96), scenes[index].mask[0]) for index in (0, 1)])
    assert scores["mass, centre Gaussian"].value == pytest.approx(by_hand)


def test_a_net_that_only_sees_the_tag_is_found_out():
    scenes = open_dataset("scenes")
    classifier = build_model(MODELS["scenes-resnet"], "none", "cpu")
    classifier.net.forward = lambda frames: tag_reader(classifier, frames)
    rows = [row for row in flips(classifier, scenes, limit=4) if isinstance(row, Score)]
    assert rows[0].value == 1


def tag_reader(classifier, frames):
    """Answer "key" where pixels have the colour of the tag's plate, else "mug"; the block must run all the same."""
    classifier.block(frames)
    bright = (classifier.denormalise(frames) == (246, 241, 226)).all(-1).sum((1, 2)) > 20  # (N,)
    logits = torch.zeros(len(frames), len(classifier.classes))
    logits[torch.from_numpy(bright), classifier.class_index("key")] = 1
    logits[torch.from_numpy(~bright), classifier.class_index("mug")] = 1
    return logits


def test_samples_without_a_mask_are_refused(classifier, sample):
    with pytest.raises(ValueError, match="no mask"):
        list(localise(classifier, [sample], ["mean"]))


def test_the_mouth_of_a_clip_is_measured_on_its_speaking_frames():
    masks = np.zeros((4, 112, 112), bool)
    masks[:, 70:80, 40:70] = True
    clip = replace(make_clip(4), mask=masks, labels=np.array([0, 1, 1, 0]))
    rows = list(localise(make_speaker("sparse"), [clip, clip], ["se", "mean"]))
    scores = {row.name: row.value for row in rows if isinstance(row, Score)}
    heatmaps = explain(make_speaker("sparse"), clip, "mean")[0].heatmaps
    wanted = np.mean([mass_over_area(heatmaps[frame], masks[frame]) for frame in (1, 2)])
    assert scores["mass, mean"] == pytest.approx(wanted, rel=1e-5)
    assert scores["mass, wide, centre Gaussian"] > 0
    with pytest.raises(ValueError, match="talkers"):
        next(localise(make_speaker("sparse"), [make_clip(3)], ["se"]))


def test_a_wide_mouth_is_a_disc_of_ten_pixels_around_it():
    masks = np.zeros((2, 40, 40), bool)
    masks[0, 20, 20] = masks[1, 0, 39] = True
    wide = dilated(masks)
    rows, columns = np.mgrid[:40, :40]
    for mask, centre in zip(wide, ((20, 20), (0, 39)), strict=True):
        far = np.hypot(rows - centre[0], columns - centre[1])
        assert mask[far <= 9.5].all()
        assert not mask[far > 10.5].any()
    assert np.array_equal(dilated(masks[0]), wide[0])
    assert not dilated(np.zeros_like(masks)).any()
