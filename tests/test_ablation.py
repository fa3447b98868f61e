"""What is changed in a clip to see what the net needs, and that everything else stays as it was."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import make_clip, make_speaker

from sqexplain.evaluation.input_ablation import CHANGES, GREY, SHIFT, ablate, part_mask
from sqexplain.explanation import predict_frames

T = 16


def changed(name, clip=None, other=None):
    return CHANGES[name][1](clip or make_clip(T), other, "head")


def test_every_change_is_scored_by_the_net_itself():
    classifier, clip = make_speaker("none"), make_clip(T)
    rows = {row.name: row for row in ablate(classifier, clip)}
    assert list(rows) == list(CHANGES)
    for row in rows.values():
        assert np.array_equal(row.scores, predict_frames(classifier, row.sample))
    assert np.array_equal(rows["intact"].scores, predict_frames(classifier, clip))
    assert rows["intact"].sample is clip


@pytest.mark.parametrize("name", ["muted", "swapped", "shifted"])
def test_a_change_of_the_sound_leaves_the_pictures(name):
    clip = make_clip(T)
    found = changed(name, clip)
    assert np.array_equal(found.frames, clip.frames)
    assert found.audio.shape == clip.audio.shape
    assert not np.array_equal(found.audio, clip.audio)
    assert changed(name, make_clip(T, sound=False)) is None


def test_the_sound_is_late_by_whole_frames_and_nothing_of_it_is_lost():
    clip = make_clip(T)
    assert np.array_equal(changed("shifted", clip).audio[SHIFT * 640 :], clip.audio[: (T - SHIFT) * 640])
    assert changed("shifted", make_clip(SHIFT)) is None


def test_another_clips_sound_is_cut_or_repeated_to_the_length():
    clip, other = make_clip(T), make_clip(5, seed=1)
    found = changed("swapped", clip, other)
    assert np.array_equal(found.audio[:3200], other.audio)
    assert np.array_equal(found.audio[3200:6400], other.audio)


def test_a_frozen_face_is_that_of_the_first_frame():
    clip = make_clip(T)
    found = changed("frozen", clip)
    assert (found.frames == clip.frames[:1]).all()
    assert np.array_equal(found.audio, clip.audio)


@pytest.mark.parametrize("part", ["mouth", "eyes"])
def test_a_part_is_covered_where_it_truly_is_or_usually_lies(part):
    clip = make_clip(T)
    mask = np.zeros(clip.frames.shape[:3], bool)
    mask[:, 3:9, 20:30] = True
    known = changed(part, replace(clip, regions={part: mask}))
    assert (known.frames[mask] == GREY).all()
    assert np.array_equal(known.frames[~mask], clip.frames[~mask])
    assert part_mask(clip, part, "face").any()
    usual = part_mask(clip, part, "head")
    assert 0.05 < usual.mean() < 0.2
    assert (changed(part, clip).frames[usual] == GREY).all()
