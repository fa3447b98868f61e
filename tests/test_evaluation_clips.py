"""Measuring nets for clips: numbers that can be worked out by hand, and what the rows claim."""

import numpy as np
import pytest
import torch
from speaker_clips import FRAMES, Blinks, fresh

from sqexplain.cli.measuring import measure_clips
from sqexplain.evaluation import Progress, Score, evaluate_clips, spread
from sqexplain.evaluation.clips import freeze, precision, speaking
from sqexplain.evaluation.gates import Judge
from sqexplain.learning import PooledClips, pool_clips


def scores_of(classifier, **settings):
    rows = list(evaluate_clips(classifier, Blinks(6).arrays(), **settings))
    return {row.name: row.value for row in rows if isinstance(row, Score)}, rows


def test_every_clip_is_counted_twice_whole_and_frozen():
    progress = [row for row in scores_of(fresh())[1] if isinstance(row, Progress)]
    assert (progress[-1].done, progress[-1].of) == (12, 12)


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
    assert speaking(logits)[1, 1] == pytest.approx(0.5)
    assert precision(speaking(logits), np.array([[1, 0], [1, 0]])) == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)


def judge_of(weights, seen, labels):
    """Return a judge of a head that adds up the channels by weight and hears nothing."""

    class Net(torch.nn.Module):
        def decide(self, seen, heard):  # noqa: ARG002
            return torch.stack([torch.zeros(seen.shape[:2]), seen @ weights], 2).flatten(0, 1)

    class Asked:
        net = Net()

    heard = torch.zeros(*seen.shape[:2], 1)
    logits = Net().decide(seen, heard).unflatten(0, seen.shape[:2])
    return Judge(Asked(), PooledClips(seen, heard, seen, logits, {}), torch.tensor(labels))


def test_kept_channels_carry_the_answer_and_dropped_ones_take_it_away():
    seen = torch.tensor([[[4.0, 1, 1], [-4, 1, 1]]])
    judge = judge_of(torch.tensor([1.0, 0, 0]), seen, [[1, 0]])
    right, wrong = torch.tensor([1.0, 0, 0]).expand(1, 2, 3), torch.tensor([0, 1.0, 0]).expand(1, 2, 3)
    certain = 1 / (1 + np.exp(-4))
    assert judge.kept(right, 34) == pytest.approx([1, 0.5, 0.5])  # k = 2 of 3; ties are half right by grouping
    assert judge.kept(wrong, 30) == pytest.approx([0.5, 1, certain])
    assert judge.agreement(judge.ask(seen)) == 1
    assert judge.agreement(judge.ask(-seen)) == 0


def test_gates_that_scale_are_measured_after_scaling():
    classifier, clips = fresh("paper"), Blinks(3).arrays()
    pooled = PooledClips.join(list(pool_clips(classifier, clips.frames, clips.audio)))
    plain = fresh("none")
    keys = plain.net.state_dict().keys() & classifier.net.state_dict().keys()
    plain.net.load_state_dict({key: classifier.net.state_dict()[key] for key in keys}, strict=False)
    before = PooledClips.join(list(pool_clips(plain, clips.frames, clips.audio)))
    assert torch.allclose(pooled.seen, before.seen * pooled.gates["frames"], atol=1e-5)
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


def test_the_command_line_measures_an_even_part_of_the_clips_and_other_blocks(capsys):
    assert spread(10, 4) == [0, 2, 5, 7]
    assert spread(3, None) == spread(3, 9) == [0, 1, 2]
    classifier = fresh("sparse")
    scores, count = measure_clips(classifier, Blinks(6), percent=10, limit=4, seed=0, others=[classifier.block])
    values = {score.name: score.value for score in scores}
    assert count == 4
    assert values["jaccard 1"] == 1
    assert "accuracy, switch" in capsys.readouterr().out
