"""Measuring nets for clips: numbers that can be worked out by hand, and what the rows claim."""

import numpy as np
import pytest
import torch
from speaker_clips import FRAMES, Blinks, fresh

from sqexplain.evaluation import Progress, Score, evaluate
from sqexplain.evaluation.channel_scores import Choice
from sqexplain.evaluation.clip_scores import FrameChannelScores, freeze
from sqexplain.features import Features, PooledClips, SpeakerHead, pool_clips
from sqexplain.sample import spread
from sqexplain.tasks import PER_FRAME
from sqexplain.tasks.per_frame import positive


def scores_of(classifier, **settings):
    rows = list(evaluate(classifier, Blinks(6), **settings))
    return {row.name: row.value for row in rows if isinstance(row, Score)}, rows


def test_every_clip_is_counted_twice_whole_and_frozen():
    progress = [row for row in scores_of(fresh())[1] if isinstance(row, Progress)]
    assert [(row.done, row.of) for row in progress if row.done == 6] == [(6, 6)] * 3  # drawn, whole, frozen


def test_scores_agree_with_the_net_asked_directly():
    classifier, clips = fresh(), Blinks(6).arrays()
    scores, rows = scores_of(classifier)
    inputs = torch.from_numpy(clips.frames).float()[:, None] / 255
    with torch.no_grad():
        logits = classifier.net((inputs - 0.4161) / 0.1688, torch.from_numpy(clips.audio)[:, None])
    right = logits.argmax(1).view(6, FRAMES).numpy() == clips.labels
    assert scores["accuracy"] == pytest.approx(right.mean())
    assert scores["accuracy, switch"] == pytest.approx(right[::2].mean())
    assert scores["accuracy, other"] == pytest.approx(right[1::2].mean())
    assert all(row.meaning for row in rows if isinstance(row, Score))


def test_a_frozen_clip_shows_the_middle_frame_all_the_time():
    frames = np.arange(2 * 5).reshape(2, 5, 1, 1)
    assert freeze(frames).reshape(2, 5).tolist() == [[2] * 5, [7] * 5]


def test_average_precision_is_over_all_frames_of_all_clips():
    logits = torch.tensor([[[0.0, 3], [0, 2]], [[0, 1], [0, 0]]])
    assert positive(logits)[3] == pytest.approx(0.5)
    assert PER_FRAME.score(logits, np.array([[1, 0], [1, 0]])) == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)


def scored(weights, visual, labels, percent) -> FrameChannelScores:
    """Return the scores of a head that adds up the channels by weight and hears nothing."""

    class Net(torch.nn.Module):
        def classify(self, visual, audio):  # noqa: ARG002
            return torch.stack([torch.zeros(visual.shape[:2]), visual @ weights], 2).flatten(0, 1)

    audio, rows = torch.zeros(*visual.shape[:2], 1), visual.flatten(0, 1)
    head = SpeakerHead(Net(), audio)
    clips = PooledClips(visual, audio, visual, head(rows).unflatten(0, visual.shape[:2]), {})
    known = PER_FRAME, ("not speaking", "speaking"), np.array(labels), head, "none", rows, rows, head(rows)
    return FrameChannelScores(Features(*known, lambda _: None, clips=clips), percent, 0)


def test_kept_channels_carry_the_answer_and_dropped_ones_take_it_away():
    visual = torch.tensor([[[4.0, 1, 1], [-4, 1, 1]]])
    right, wrong = torch.tensor([[1.0, 0, 0]]).expand(2, 3), torch.tensor([[0, 1.0, 0]]).expand(2, 3)

    def kept(ranks, percent):
        choice = Choice("", "by hand", (lambda _: ranks,))
        return [row.value for row in scored(torch.tensor([1.0, 0, 0]), visual, [[1, 0]], percent).kept(choice)]

    certain = 1 / (1 + np.exp(-4))
    assert kept(right, 34) == pytest.approx([1, 0.5, 0.5])  # k = 2 of 3; ties are half right by grouping
    assert kept(wrong, 30) == pytest.approx([0.5, 1, certain])


def test_gates_that_scale_are_measured_after_scaling():
    classifier, clips = fresh("paper"), Blinks(3).arrays()
    pooled = PooledClips.join(list(pool_clips(classifier, clips.frames, clips.audio)))
    plain = fresh("none")
    keys = plain.net.state_dict().keys() & classifier.net.state_dict().keys()
    plain.net.load_state_dict({key: classifier.net.state_dict()[key] for key in keys}, strict=False)
    before = PooledClips.join(list(pool_clips(plain, clips.frames, clips.audio)))
    assert torch.allclose(pooled.visual, before.visual * pooled.gates["frames"], atol=1e-5)
    assert pooled.gates["fusion"].shape == (3, FRAMES, 11)
    assert before.gates == {}


def test_sparse_gates_leave_the_answer_and_open_ones_agree_with_it():
    classifier = fresh("sparse")
    for block in classifier.blocks.values():
        torch.nn.init.zeros_(block.expand.weight)
        torch.nn.init.constant_(block.expand.bias, 30)  # all gates open
    scores, _ = scores_of(classifier)
    plain, _ = scores_of(fresh("none"))
    for name in ("AP", "accuracy", "keep AP, pooled", "drop AP, pooled", "AP, frozen face"):
        assert scores[name] == pytest.approx(plain[name]), name
    assert all(scores[f"agreement, {stream}"] == 1 for stream in ("frames", "audio", "fusion"))
    assert scores["gate mean"] == pytest.approx(1)
    assert scores["AP, mean gates"] == pytest.approx(scores["AP"])
    assert scores["fusion spread, audio"] == pytest.approx(0, abs=1e-6)


def test_a_block_shares_all_channels_with_itself_and_few_with_another():
    classifier, other = fresh("sparse"), fresh("sparse", seed=3)
    scores, _ = scores_of(classifier, others=[classifier.block, other.block], percent=30)
    assert scores["jaccard 1"] == 1
    assert scores["jaccard 2"] < 0.9


def test_an_even_part_of_the_clips_is_measured():
    assert spread(10, 4) == [0, 2, 5, 7]
    assert spread(3, None) == spread(3, 9) == [0, 1, 2]
    rows = list(evaluate(fresh("sparse"), Blinks(6), limit=4))
    assert [(row.done, row.of) for row in rows if isinstance(row, Progress)][-1] == (4, 4)
    assert "accuracy, switch" in {row.name for row in rows if isinstance(row, Score)}
