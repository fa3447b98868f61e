"""A table of predictions is scored as the official script does it, and one that does not fit is refused."""

import json

import pytest
from commands import assert_one_sentence, run
from speaker_folders import Written, write_rows

from sqexplain.data.speakers.tables import PREDICTION
from sqexplain.evaluation.speech_tables import score_predictions


def scored(rows, scores):
    return [[*row[:6], "SPEAKING_AUDIBLE", row[7], score] for row, score in zip(rows, scores, strict=True)]


@pytest.fixture
def tables(tmp_path):
    """Four rows of truth, one of them positive, and equal scores for all."""
    rows = Written("a:1", "a", [1, 0, 0, 0]).rows()
    truth = write_rows(tmp_path / "truth.csv", rows)
    guess = write_rows(tmp_path / "guess.csv", scored(rows, [0.5] * 4), PREDICTION)
    return truth, guess, rows


def test_ties_are_shown_both_ways(tables, tmp_path):
    truth, guess, rows = tables
    done = run("score", truth, guess)
    assert "25.00" in done.stdout
    assert "100.00" in done.stdout
    write_rows(truth, rows[::-1])  # the order of the truth decides, not that of the predictions
    assert score_predictions(truth, guess).rows == 0.25
    assert score_predictions(truth, guess).grouped == 0.25
    file = tmp_path / "numbers.json"
    run("score", truth, guess, "--json", file)
    assert json.loads(file.read_text()) == {
        "filled": 0, "precision": {"all": {"grouped": 0.25, "rows": 0.25, "positives": 1, "total": 4}},
    }  # fmt: skip


def test_rows_are_joined_by_time_and_entity_not_by_place(tables):
    truth, guess, rows = tables
    mixed = scored(rows, [0.9, 0.1, 0.2, 0.3])
    for row in mixed:
        row[1] += "00"  # 900.000 is 900.0
    write_rows(guess, [mixed[place] for place in (2, 0, 3, 1)], None)
    assert score_predictions(truth, guess).grouped == 1.0


def test_labels_count_as_in_the_official_script(tmp_path):
    rows = Written("a:1", "a", [2, 1, 0]).rows()  # speaking and not audible is a negative
    truth = write_rows(tmp_path / "truth.csv", rows)
    guess = write_rows(tmp_path / "guess.csv", scored(rows, [0.9, 0.8, 0.1]), PREDICTION)
    assert score_predictions(truth, guess).grouped == 0.5
    no_header = write_rows(tmp_path / "raw.csv", [row[:8] for row in rows], None)
    assert score_predictions(no_header, guess).grouped == 0.5


def shifted(rows):
    rows[2][3] = "0.250001"
    return rows


def renamed(rows):
    rows[1][7] = "b:1"
    return rows


def labelled(rows):
    rows[0][6] = "NOT_SPEAKING"
    return rows


def unscored(value):
    def change(rows):
        rows[3][8] = value
        return rows

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows[:3], "1 of 4 rows of the truth have no prediction, such as 'a:1' at 900.12 s"),
        (lambda rows: [*rows, rows[0]], "1 rows of the predictions are there twice, such as 'a:1' at 900.0 s"),
        (renamed, "1 rows of the predictions are not in the truth, such as 'b:1' at 900.04 s"),
        (shifted, "the boxes of 1 rows differ from those of the truth, such as 'a:1' at 900.08 s"),
        (labelled, "label 'NOT_SPEAKING'; all of them have to be 'SPEAKING_AUDIBLE'"),
        (unscored("nan"), "row 4: score is 'nan'"),
        (unscored(""), "row 4: score is ''"),
        (lambda rows: [row[:8] for row in rows], "has 8 cells; it needs 9"),
    ],
    ids=["missing", "twice", "extra", "box", "label", "nan", "no score", "cells"],
)
def test_predictions_that_do_not_fit_are_refused_with_the_first_row(tables, change, words):
    truth, guess, rows = tables
    write_rows(guess, change(scored(rows, [0.9, 0.1, 0.2, 0.3])), PREDICTION)
    assert_one_sentence(run("score", truth, guess), words)


def test_a_truth_with_a_row_twice_or_without_scores_is_refused(tables, tmp_path):
    truth, guess, rows = tables
    assert_one_sentence(run("score", truth, truth), "lacks score")
    assert_one_sentence(run("score", tmp_path / "none.csv", guess), "there is no file")
    write_rows(truth, [*rows, rows[1]])
    assert_one_sentence(run("score", truth, guess), "1 rows of the truth are there twice")


def test_boxes_may_differ_by_rounding(tables):
    truth, guess, rows = tables
    near = scored(rows, [0.9, 0.1, 0.2, 0.3])
    near[0][2] = "0.1000000005"
    write_rows(guess, near, PREDICTION)
    assert score_predictions(truth, guess).grouped == 1.0


def test_without_a_positive_row_there_is_no_number(tmp_path):
    rows = Written("a:1", "a", [0, 0]).rows()
    truth = write_rows(tmp_path / "truth.csv", rows)
    guess = write_rows(tmp_path / "guess.csv", scored(rows, [0.5, 0.1]), PREDICTION)
    file = tmp_path / "numbers.json"
    done = run("score", truth, guess, "--json", file)
    assert done.exit_code == 0
    assert "nan" in done.stdout
    assert json.loads(file.read_text())["precision"]["all"]["grouped"] is None
