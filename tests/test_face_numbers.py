"""What the page "Faces" computes and writes, without the page: maps, bars, groups, the table of regions."""

import csv
from io import StringIO

import numpy as np
import pytest

from sqexplain.data import open_dataset
from sqexplain.evaluation.face_regions import REGIONS, Group, occlude
from sqexplain.explanation import read
from sqexplain.methods import parse
from sqexplain.models import load_model
from sqexplain.ui.face import bars, downloads, groups, parts, payload
from sqexplain.ui.page_model import Row, Selection
from sqexplain.ui.viewer_data import channel_weights, columns

DRAWN = "drawn-faces"


@pytest.mark.parametrize("gates", ["class", "sparse", "paper"])
@pytest.mark.parametrize("name", ["se", "se_class", "se_evidence"])
@pytest.mark.parametrize("target", ["Smiling", "not Eyeglasses"])
def test_maps_are_drawn_as_the_library_makes_them(name, gates, target):
    reading = read(load_model(DRAWN, gates), open_dataset(DRAWN)[2], target)
    method = parse(name)
    (explanation,) = reading.explain([method])
    chosen = reading.order(method)[0][: explanation.channels[0]]
    weights, level = channel_weights(method, reading), reading.offset(method)
    maps = reading.post_gate[0][chosen]  # what the browser does with them
    maps = maps if level is None else maps - level[0][chosen][:, None, None]
    maps = maps if weights is None else maps * weights[chosen][:, None, None]
    np.testing.assert_allclose(maps.mean(0), explanation.raw, atol=1e-5)


@pytest.mark.parametrize(("count", "side_by_side"), [(1, 1), (4, 4), (5, 5), (6, 3), (7, 4), (11, 4)])
def test_a_row_of_many_maps_is_broken_into_equal_lines(count, side_by_side):
    assert columns(count) == side_by_side


def test_few_bars_are_shown_and_the_chosen_ones_always(monkeypatch):
    monkeypatch.setattr(bars.st, "session_state", {})
    known = {f"a{number:02d}": (number / 40, 0.5) for number in range(40)}
    names = bars.shown(known, list(known), ["a00", "a39"])
    assert len(names) == bars.FEW
    assert (names[0], names[-1]) == ("a39", "a00")


def test_groups_differ_only_where_their_intervals_do_not_meet_and_it_is_worth_telling():
    first, second = Group((("Male", True),)), Group((("Male", False),))
    same = [(0.1, 0.01)] * len(REGIONS)
    other = [(0.3, 0.02), (0.115, 0.001), (0.2, 0.2), *same[3:]]
    found = list(groups.differences([first, second], [same, other], 0.02, lambda *told: told))
    assert [(told[0], told[1], told[4]) for _, told in found] == [(REGIONS[0], "Male", "not Male")]


def test_the_table_of_a_face_has_a_row_for_each_attribute_method_and_part():
    sample, net = open_dataset(DRAWN)[2], load_model(DRAWN, "class")
    reading = read(net, sample, "not Smiling")
    view = payload.FaceView(Selection(sample, (DRAWN, 2)), DRAWN, "class", ("se",), ("not Smiling",))
    moved = [parts.change(reading, occlude(net, sample))]
    assert moved[0].before == pytest.approx(1 - reading.explain(["se"])[0].probabilities[0, 2])
    found = downloads.regions_file(view, [Row(reading, reading.explain(["se"]))], moved)
    rows = list(csv.DictReader(StringIO(found.decode())))
    assert [row["region"] for row in rows] == list(REGIONS)
    assert {row["attribute"] for row in rows} == {"not Smiling"}
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1, abs=1e-4)
    assert {row["share_interval"] for row in rows} == {""}
