"""Channels are counted and chosen in one place: exact top-k, the authors' rule, and where both are used."""

import ast
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from sqexplain.explanation import read
from sqexplain.gates.selection import NOMINAL, Z, count, gaussian_rule, rule_threshold, top_channels
from sqexplain.metrics.normality import BINS, bin_edges, gate_histogram
from sqexplain.ui.viewer_data import paper_rule

ROOT = Path(__file__).parents[1]
GATES = torch.tensor([[0.0] * 9 + [1.0], [0.5] * 10, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]])


def test_every_whole_per_cent_of_every_width_is_rounded_up_exactly():
    wrong = [
        (percent, channels)
        for channels in range(1, 2049)
        for percent in range(1, 101)
        if count(percent, channels) != -(-percent * channels // 100)  # whole numbers of Python, which never round
    ]
    assert wrong == []


@pytest.mark.parametrize("channels", [50, 100, 200])
@pytest.mark.parametrize("percent", [7, 14, 28, 55, 56])
def test_as_many_channels_are_chosen_as_are_counted(percent, channels):
    """Among these are some whose percent / 100 * channels lies just above a whole number."""
    chosen = top_channels(torch.rand(3, channels, generator=torch.Generator().manual_seed(0)), percent)
    assert chosen.sum(1).tolist() == [-(-percent * channels // 100)] * 3


@pytest.mark.parametrize(("percent", "wanted"), [(1, 1), (25, 1), (26, 2), (100, 4)])
def test_some_channel_is_always_chosen(percent, wanted):
    assert top_channels(torch.rand(3, 4), percent).sum(1).tolist() == [wanted] * 3


def test_the_largest_scores_are_chosen_and_of_equal_ones_the_first():
    scores = torch.tensor([[0.1, 0.9, 0.5, 0.5], [1.0, 1.0, 1.0, 1.0]])
    assert top_channels(scores, 50).tolist() == [[False, True, True, False], [True, True, False, False]]


def test_the_rule_takes_gates_above_mean_plus_z_population_deviations():
    # means .1, .5, .55; deviations .3, 0, .2872: thresholds .4846, .5, .9182
    assert rule_threshold(GATES)[:, 0].tolist() == pytest.approx([0.4846, 0.5, 0.9182], abs=1e-4)
    assert gaussian_rule(GATES).sum(1).tolist() == [1, 0, 1]
    assert Z == 1.282


def test_the_rule_is_the_same_for_arrays_tensors_and_pages():
    assert np.array_equal(gaussian_rule(GATES.numpy()), gaussian_rule(GATES).numpy())
    assert np.allclose(rule_threshold(GATES.numpy()), rule_threshold(GATES).numpy(), atol=1e-7)
    for row in GATES.numpy():
        shown = paper_rule(row)
        assert shown["count"] == gaussian_rule(row).sum()
        assert shown["threshold"] == pytest.approx(rule_threshold(row)[0])
        assert shown["z"] == Z


def test_ten_per_cent_of_a_normal_distribution_lie_above_the_rule():
    assert pytest.approx(stats.norm.sf(Z), abs=1e-12) == NOMINAL
    assert pytest.approx(0.09992, abs=1e-5) == NOMINAL
    values = np.random.default_rng(0).standard_normal(200_000)
    assert gaussian_rule(values).mean() == pytest.approx(NOMINAL, abs=3e-3)


def test_a_page_counts_the_channels_of_a_map_as_the_library_does(classifier, sample):
    reading = read(classifier, sample)
    for percent in (7, 10, 55):
        (one,) = reading.explain([f"se:percent={percent}"])
        assert one.channels[0] == count(percent, reading.post_gate.shape[1])


@pytest.mark.parametrize("form", BINS)
def test_every_gate_lies_in_one_bin_of_equal_width(form):
    bins, low, high = BINS[form]
    edges = bin_edges(form)
    assert (len(edges), edges[0], edges[-1]) == (bins + 1, low, high)
    assert np.allclose(np.diff(edges), (high - low) / bins)
    assert gate_histogram(np.array([[low, high], [low, high]]), form).tolist() == [2, *[0] * (bins - 2), 2]
    inside = np.random.default_rng(0).uniform(low, high, (5, 100))
    assert gate_histogram(inside, form).tolist() == np.histogram(inside, edges)[0].tolist()


def own_counting(source: str) -> list[str]:
    """List where `source` rounds a share of channels up, states the rule's 1.282 or bins gates for itself."""
    found = []
    for node in ast.walk(ast.parse(source)):
        name = getattr(getattr(node, "func", None), "attr", "")
        if name == "ceil" and "percent" in ast.unparse(node).lower():
            found.append(ast.unparse(node))
        if isinstance(node, ast.Constant) and node.value == 1.282:
            found.append("1.282")
        if name == "histogram" and ast.unparse(node.func.value) in ("np", "numpy"):
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "sqexplain").rglob("*.py")), ids=lambda path: "/".join(path.parts[-2:]))
def test_nobody_else_counts_channels_or_gates(path):
    here = path.relative_to(ROOT / "sqexplain").as_posix()
    assert here in ("gates/selection.py", "metrics/normality.py") or own_counting(path.read_text("utf-8")) == []


@pytest.mark.parametrize("line", ["math.ceil(percent / 100 * n)", "z = 1.282", "np.histogram(gates, 50)"])
def test_a_planted_count_is_found(line):
    assert len(own_counting(line)) == 1
