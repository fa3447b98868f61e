"""The benchmark measures both sides of every comparison and says where one is missing."""

import pytest
import torch

from sqexplain.evaluation import speed
from sqexplain.evaluation.speed.comparing import compare


@pytest.fixture
def fewer_weights(monkeypatch):
    """Take a small net in place of ResNet50: what is tested is the counting."""
    from torchvision import models

    monkeypatch.setattr(models, "resnet50", models.resnet18)


@pytest.mark.usefixtures("fewer_weights")
def test_bench_yields_a_row_for_every_comparison():
    rows = list(speed.bench(repeats=1, batch=1, size=64, frames=4))
    assert [row.aim for row in rows] == ["<= 1.10", "<= 1.25", ">= 4", ">= 3", "<= 0.02", ">= 1.5", "<= 2.5", "<= 2.5"]
    for row in rows:
        faster = row.aim.startswith(">=")
        slow, fast = (row.against_seconds, row.seconds) if faster else (row.seconds, row.against_seconds)
        assert row.ratio == pytest.approx(slow / fast)
        assert row.met == (row.ratio >= float(row.aim[2:]) if faster else row.ratio <= float(row.aim[2:]))
        assert "random weights" in row.setting


@pytest.mark.usefixtures("fewer_weights")
def test_bench_says_where_grad_cam_is_not_installed(monkeypatch):
    monkeypatch.setattr(speed.pictures, "find_spec", lambda _name: None)
    rows = list(speed.bench(repeats=1, batch=1, size=64, frames=4))
    missing = [row for row in rows if row.ratio is None]
    assert len(missing) == 2
    assert all(row.against.endswith("(not installed)") and row.met is None and row.seconds > 0 for row in missing)


def test_both_sides_run_in_turns_and_the_first_turn_does_not_count():
    calls = []
    row = compare("a", lambda: calls.append("a"), "b", lambda: calls.append("b"), "<= 1.10", 3, "")
    assert calls == ["a", "b"] * 4
    assert row.seconds < 0.1


@pytest.mark.parametrize("setting", [{"repeats": 0}, {"batch": True}, {"size": 16}, {"frames": 0}])
def test_settings_that_make_no_sense_are_refused(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        next(speed.bench(**setting))


def test_the_global_seed_is_not_needed_for_the_pictures():
    torch.manual_seed(0)
    first = speed.pictures.nets(1, 32)[2]
    torch.manual_seed(1)
    assert torch.equal(first, speed.pictures.nets(1, 32)[2])
