"""Average precision against numbers worked out by hand and against a literal reading of the official recipe."""

import numpy as np
import pytest

from sqexplain.metrics.detection import average_precision


def literal(scores, labels):
    """Follow the official recipe step by step, in Python, with the rows in a stable order."""
    order = sorted(range(len(scores)), key=lambda row: -scores[row])
    precision, recall, found = [0.0], [0.0], 0
    for rank, row in enumerate(order, 1):
        found += labels[row]
        precision.append(found / rank)
        recall.append(found / sum(labels))
    precision.append(0.0)
    recall.append(1.0)
    for place in range(len(precision) - 2, -1, -1):
        precision[place] = max(precision[place], precision[place + 1])
    return sum((recall[i] - recall[i - 1]) * precision[i] for i in range(1, len(recall)))


@pytest.mark.parametrize(
    ("scores", "labels", "expected"),
    [
        ([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 0], 1.0),
        ([0.9, 0.8, 0.7, 0.6], [0, 0, 1, 1], 0.5),  # 1/3 is lifted to the 2/4 that follows
        ([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0], (1 + 2 / 3) / 2),
        ([0.6, 0.9, 0.7, 0.8], [1, 0, 1, 0], 0.5),
        ([3.0, 2.0, 1.0], [0, 1, 0], 0.5),
        ([0.5], [1], 1.0),
    ],
    ids=str,
)
def test_without_ties_both_readings_are_the_number_worked_out_by_hand(scores, labels, expected):
    found = average_precision(scores, labels)
    assert found.grouped == pytest.approx(expected)
    assert found.rows == pytest.approx(expected)
    assert (found.positives, found.total) == (sum(labels), len(labels))


@pytest.mark.parametrize(("labels", "rows"), [([1, 0, 0, 0], 1.0), ([0, 0, 0, 1], 0.25)], ids=["first", "last"])
def test_with_all_scores_equal_the_grouped_value_is_the_base_rate_in_any_order(labels, rows):
    found = average_precision(np.full(4, 0.5), np.array(labels))
    assert found.grouped == 0.25
    assert found.rows == rows


def test_rows_of_equal_score_are_read_at_the_last_of_them():
    # groups of 0.9 (1 of 1), 0.5 (1 of 2), 0.1 (1 of 1): precision 1, 2/3, 3/4, envelope 1, 3/4, 3/4
    found = average_precision([0.5, 0.9, 0.1, 0.5], [0, 1, 1, 1])
    assert found.grouped == pytest.approx((1 + 3 / 4 + 3 / 4) / 3)
    assert found.rows == pytest.approx((1 + 3 / 4 + 3 / 4) / 3)
    assert average_precision([0.5, 0.9, 0.1, 0.5], [1, 1, 1, 0]).rows == pytest.approx((1 + 1 + 3 / 4) / 3)


@pytest.mark.parametrize("seed", range(5))
def test_the_row_order_value_is_that_of_the_official_recipe(seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, 200)
    scores = np.round(rng.random(200), 2)  # about a hundred values: many ties
    found = average_precision(scores, labels)
    assert found.rows == pytest.approx(literal(scores.tolist(), labels.tolist()), abs=1e-12)
    mixed = rng.permutation(200)
    assert average_precision(scores[mixed], labels[mixed]).grouped == pytest.approx(found.grouped, abs=1e-12)


def test_the_envelope_makes_it_no_smaller_than_the_plain_sum_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed, so there is no reference")
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    scores = np.round(rng.random(300), 1)
    plain = metrics.average_precision_score(labels, scores)
    assert plain <= average_precision(scores, labels).grouped <= plain + 0.05
    falling = np.array([1, 1, 1, 0, 1, 0, 0, 0]), np.array([0.9, 0.9, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4])
    # precision 1, 3/4, 4/5: the last group lifts the one before, and nothing else differs
    assert average_precision(falling[1], falling[0]).grouped == pytest.approx((2 + 4 / 5 + 4 / 5) / 4)
    assert metrics.average_precision_score(*falling) == pytest.approx((2 + 3 / 4 + 4 / 5) / 4)
    only_falling = np.array([1, 1, 1, 0, 0, 0]), np.array([0.9, 0.9, 0.8, 0.8, 0.6, 0.5])
    expected = metrics.average_precision_score(*only_falling)
    assert average_precision(only_falling[1], only_falling[0]).grouped == pytest.approx(expected)


def test_without_positive_rows_there_is_no_number():
    found = average_precision(np.array([0.2, 0.7]), np.array([0, 0]))
    assert np.isnan(found.grouped)
    assert np.isnan(found.rows)
    assert (found.positives, found.total) == (0, 2)
    assert np.isnan(average_precision(np.zeros(0), np.zeros(0, np.int64)).grouped)


def test_infinite_scores_are_ordered_like_numbers():
    assert average_precision([np.inf, 0.0, -np.inf, np.inf], [1, 0, 0, 1]).grouped == 1.0
    assert average_precision([np.inf, np.inf], [0, 1]).grouped == 0.5


@pytest.mark.parametrize(
    ("scores", "labels", "words"),
    [
        ([0.5, float("nan")], [0, 1], "NaN in 1 of 2 rows"),
        ([0.5, 0.6], [0, 2], "'labels' holds"),
        ([0.5, 0.6], [1], r"'scores' \(2,\) and 'labels' \(1,\)"),
        ([[0.5]], [[1]], "one of each per row"),
    ],
    ids=["nan", "label 2", "lengths", "two axes"],
)
def test_what_cannot_be_ranked_is_refused(scores, labels, words):
    with pytest.raises(ValueError, match=words):
        average_precision(scores, labels)
