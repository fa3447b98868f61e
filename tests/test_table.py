"""Tables: what is written to CSV is read again, empty cells stay empty."""

import math

import pytest

from sqexplain.figures.table import Table

ROWS = [{"net": "a, b", "percent": 10, "keep": 1 / 3}, {"net": "c", "percent": 20, "note": 'say "no"'}]


def test_a_table_survives_its_file(tmp_path):
    table = Table.of(ROWS)
    assert table.columns == ("net", "percent", "keep", "note")
    path = tmp_path / "table.csv"
    path.write_bytes(table.csv())
    again = Table.read(path)
    assert again.columns == table.columns
    assert again.values("net") == ["a, b", "c"]
    assert again.values("note") == ["", 'say "no"']
    assert again.numbers("keep")[0] == pytest.approx(1 / 3, abs=1e-6)
    assert math.isnan(again.numbers("keep")[1])
    assert again.csv() == table.csv()


def test_rows_are_found_by_their_cells():
    table = Table.of(ROWS)
    assert table.where(percent=20).values("net") == ["c"]
    assert table.where(net="a, b", percent="10").numbers("percent").tolist() == [10]
    assert table.where(net="nobody").rows == ()
    assert table.distinct("net", "percent") == [("a, b", "10"), ("c", "20")]


def test_tables_are_joined_under_all_columns():
    table = Table.join([Table.of(ROWS[:1]), Table.of([{"net": "d", "more": 1}])])
    assert table.columns == ("net", "percent", "keep", "more")
    assert table.values("more") == ["", "1"]


@pytest.mark.parametrize(
    ("text", "fault"), [(b"a,b\n1,2\n3\n", "whole table"), (b"a,b\n1\n", "whole table"), (b"\xff\xfe\x00", "text")]
)
def test_a_broken_file_is_told_in_one_sentence(tmp_path, text, fault):
    path = tmp_path / "broken.csv"
    path.write_bytes(text)
    with pytest.raises(ValueError, match=fault):
        Table.read(path)
