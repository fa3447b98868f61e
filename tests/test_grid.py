"""The grid: samples come from the seed, maps are those of `explain`, and the drawing is made from the table."""

import numpy as np
import pytest

from sqexplain.data import open_dataset
from sqexplain.explanation import explain
from sqexplain.figures.base import FigureSettings
from sqexplain.figures.grid import Grid, data_name, nets
from sqexplain.figures.maps import Kind, draw_samples, native_maps
from sqexplain.figures.table import Table
from sqexplain.models import MODELS, load_model
from sqexplain.progress import Progress

MODEL = "scenes-resnet"


@pytest.fixture(scope="module")
def table():
    *steps, found = Grid().measure(FigureSettings(seed=3, limit=1), MODEL)
    assert all(isinstance(step, Progress) for step in steps)
    return Table.parse(found.csv())


def places(seed: int) -> list[int]:
    return [one.place for one in draw_samples(MODELS[MODEL], open_dataset("scenes"), seed, None)]


def test_the_seed_draws_the_samples():
    assert places(0) == places(0)
    assert places(0) != places(1)
    assert len(set(places(0))) == 3


def test_the_maps_are_those_of_explain(table):
    place = int(table.values("place")[0])
    sample = open_dataset("scenes")[place]
    assert table.values("sample")[0] == sample.name
    maps = native_maps(table)
    target = table.values("target")[0]
    for gates, method in (("none", "gradcam"), ("class", "se"), ("paper", "se")):
        (wanted,) = explain(load_model(MODEL, gates), sample, [method], target)
        kind = next(one for one in {key[1] for key in maps} if (one.gates, one.method) == (gates, method))
        assert isinstance(kind, Kind)
        np.testing.assert_allclose(maps[place, kind][0], wanted.raw, rtol=1e-4, atol=1e-5)


def test_columns_are_of_every_net_and_of_the_controls(table):
    titles = [title for (title,) in table.distinct("title")]
    assert titles[:4] == ["GradCAM", "GradCAM++", "EigenGradCAM", "FullGrad"]
    assert {"SE (paper)", "SE (sparse)", "SE (class)", "All channels", "Random channels"} <= set(titles)


@pytest.mark.parametrize(("format", "start"), [("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_the_sheet_is_a_file_that_is_the_same_each_time(table, format, start):
    settings = FigureSettings(seed=3, limit=1)
    ((stem, data),) = Grid().draw(table, format, settings)
    assert stem == f"grid-{MODEL}"
    assert data.startswith(start)
    assert b"CreationDate" not in data
    assert data == next(Grid().draw(table, format, settings))[1]


def test_photographs_stand_in_for_cifar_and_others_wait(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_name(FigureSettings(), "cifar10-resnet") == "photographs"
    waiting = Grid().waiting(FigureSettings())
    assert set(waiting) == {"celeba-attributes"}
    assert "celeba" in waiting["celeba-attributes"].lower()
    assert set(Grid().parts(FigureSettings())) == set(nets()) - set(waiting)


def test_a_table_of_other_data_is_refused(table):
    rows = [row | {"sample": "somebody else"} for row in table.dicts()]
    with pytest.raises(ValueError, match="measure anew"):
        list(Grid().draw(Table.of(rows), "pdf", FigureSettings()))
