"""The paper's figures: parts are kept and taken up, what waits is told, cells come from the cards and nowhere else."""
# ruff: noqa: ARG002  the figure of these tests needs less than others

import json

import numpy as np
import pytest
import torch
from scipy import stats
from typer.testing import CliRunner

from sqexplain.cli import app
from sqexplain.figures import FIGURES, Figure, FigureSettings, Stage, Table, Waiting, build, make_figures, measured
from sqexplain.figures.accuracy import SEEDS, accuracy_table, read_cards
from sqexplain.figures.aggregate import Cells, interval, wilson
from sqexplain.figures.values import counts_of, described, quantiles_of
from sqexplain.models import MODELS
from sqexplain.models.store import list_cards
from sqexplain.progress import Progress

EMBEDDED = FigureSettings(limit=3)  # drawn data need no folder


class Counted(Figure):
    """A figure of two parts that counts how often each is measured; a third waits."""

    name = "counted"
    runs: list[str] = []

    def parts(self, settings):
        return ["one", "two/b"]

    def waiting(self, settings):
        return {"three": "there is no three; draw one"}

    def measure(self, settings, part):
        yield Progress(1, 1)
        self.runs.append(part)
        yield Table.of([{"part": part, "value": 0.5}])

    def draw(self, table, format, settings):
        yield self.name, ",".join(table.values("part")).encode()


@pytest.fixture
def counted(monkeypatch):
    Counted.runs = []
    monkeypatch.setitem(FIGURES, "counted", Counted())
    return Counted


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_says_what_it_is_and_how_it_is_made(name):
    figure = FIGURES[name]
    assert figure.name == name
    assert figure.command == f"python -m sqexplain figures --only {name}"


@pytest.mark.parametrize("name", ["accuracy", "values", "percentages"])
@pytest.mark.parametrize(("format", "start"), [("pdf", b"%PDF"), ("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_tables_that_ship_are_drawn_in_every_format_the_same_each_time(name, format, start):
    table = Table.parse(accuracy_table().csv()) if name == "accuracy" else measured(name)
    if name != "accuracy" and format != "png":
        table = of_two_nets(table)  # whole in one format; the others draw the same, only of more nets
    found = list(FIGURES[name].draw(table, format, EMBEDDED))
    assert all(data.startswith(start) for _, data in found)
    if format == "svg":
        assert found == list(FIGURES[name].draw(table, format, EMBEDDED))


def of_two_nets(table: Table) -> Table:
    nets = table.distinct("model", "gates")[:2]
    return Table.join(table.where(model=model, gates=gates) for model, gates in nets)


def test_a_part_is_measured_and_drawn_without_any_folder():
    part = "scenes-resnet/class"
    for name, rows in (("values", 1), ("percentages", 10)):
        figure = FIGURES[name]
        assert part in figure.parts(EMBEDDED)
        *steps, table = figure.measure(EMBEDDED, part)
        assert all(isinstance(step, Progress) for step in steps)
        assert len(table.rows) >= rows
        assert table.values("samples")[0] == "3"
        assert all(data for _, data in figure.draw(Table.parse(table.csv()), "pdf", EMBEDDED))
    top = table.where(rule="top")
    assert top.numbers("keep")[-1] == 1  # all channels: the answer of the whole net
    assert top.numbers("percent")[-1] == 100


def test_what_was_measured_is_taken_up_and_other_settings_are_not(counted, tmp_path):
    rows = list(make_figures(tmp_path, only=["counted"], formats=["svg"]))
    assert [row for row in rows if isinstance(row, Waiting)] == [
        Waiting("counted", "three", "there is no three; draw one")
    ]
    assert (tmp_path / "counted.svg").read_bytes() == b"one,two/b"
    assert counted.runs == ["one", "two/b"]
    rows = list(make_figures(tmp_path, only=["counted"], formats=["svg"], resume=True))
    assert [row.kept for row in rows if isinstance(row, Stage)] == [True, True]
    assert counted.runs == ["one", "two/b"]
    list(make_figures(tmp_path, FigureSettings(seed=1), ["counted"], ["svg"], resume=True))
    assert counted.runs == ["one", "two/b"] * 2
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert told["seed"] == 1
    assert told["waiting"]["counted"]["three"]


def test_a_stop_keeps_the_parts_that_are_done(counted, tmp_path):
    steps = make_figures(tmp_path, only=["counted"], formats=["svg"])
    for row in steps:
        if isinstance(row, Stage) and row.part == "two/b":
            steps.close()  # as a stop does
            break
    assert not (tmp_path / "counted.csv").exists()
    list(make_figures(tmp_path, only=["counted"], formats=["svg"], resume=True))
    assert counted.runs == ["one", "two/b"]


def test_other_weights_make_other_parts(monkeypatch):
    before = build.fingerprint(EMBEDDED)
    cards = [card | {"sha256": "0"} for card in list_cards()]
    monkeypatch.setattr(build, "list_cards", lambda: cards)
    assert build.fingerprint(EMBEDDED) != before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "acuracy"], "Did you mean 'accuracy'"),
        (["--root", "cifar10"], "write it as cifar10=FOLDER"),
        (["--root", "cifar=x"], "unknown data set"),
        (["--root", "cifar10=nowhere"], "no cifar10 in 'nowhere'"),
        (["--format", "gif"], "unknown format"),
        (["--only", "accuracy", "--runs", "nowhere"], "no card of a run in 'nowhere'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_one_sentence(arguments, words, tmp_path):
    run = CliRunner().invoke(app, ["figures", "--out", str(tmp_path / "out"), *arguments])
    assert run.exit_code == 2
    assert words in run.output
    assert "Traceback" not in run.output
    assert not (tmp_path / "out").exists()


def test_the_command_says_which_cells_wait_for_which_data(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    run = CliRunner().invoke(app, ["figures", "--out", str(tmp_path / "out"), "--only", "accuracy", "--format", "svg"])
    assert run.exit_code == 0, run.output
    assert "not measured: accuracy ava/speaker" in run.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "accuracy.csv", "accuracy.svg", "manifest.json", "parts"
    ]  # fmt: skip


def test_a_cell_is_the_mean_over_the_seeds_of_its_cards():
    table, cards = accuracy_table(), [*list_cards(), *read_cards(SEEDS)]
    row = table.where(model="celeba-attributes", gates="paper", measure="AUC").dicts()[0]
    own = [card["scores"]["AUC"] for card in cards if (card["name"], card["gates"]) == ("celeba-attributes", "paper")]
    assert row["seeds"] == len(own) == 3
    assert row["value"] == pytest.approx(np.mean(own))
    half = 4.303 * np.std(own, ddof=1) / 3**0.5  # Student's t, two degrees of freedom
    assert row["high"] - row["value"] == pytest.approx(half, rel=1e-3)


def test_a_difference_is_paired_by_seed():
    def card(gates, seed, accuracy):
        return {"name": "x", "gates": gates, "seed": seed, "title": "X", "data": {"name": "d"}, "command": "c",
                "recipe": {"epochs": 4}, "scores": {"accuracy": accuracy}, "test pictures": 100}  # fmt: skip

    cards = [
        card("none", 0, 0.5),
        card("none", 1, 0.7),
        card("paper", 0, 0.6),
        card("paper", 1, 0.8),
        card("paper", 2, 0),
    ]
    rows = {row["gates"]: row for row in Cells(cards).rows()}
    assert rows["paper"]["difference"] == pytest.approx(0.1)  # the third has no partner
    assert rows["paper"]["recipe"] == "4 epochs"
    assert rows["none"].get("difference") is None


def test_intervals_by_hand():
    low, high, basis = interval([0.5, 0.7])
    assert (low + high) / 2 == pytest.approx(0.6)
    assert high - 0.6 == pytest.approx(12.706 * 0.1, rel=1e-3)  # t of one degree of freedom times s / sqrt(2)
    assert "2 seeds" in basis
    low, high, _ = interval([0.5], 100)
    assert (low, high) == pytest.approx((0.4038, 0.5962), abs=1e-4)  # Wilson
    assert interval([0.5]) == (None, None, "one seed")


@pytest.mark.parametrize(("met", "of"), [(0, 10), (3, 7), (9123, 10_000), (10, 10)])
def test_the_interval_of_a_share_is_that_of_scipy(met, of):
    expected = stats.binomtest(met, of).proportion_ci(method="wilson")
    assert wilson(met, of) == pytest.approx((expected.low, expected.high), abs=1e-14)


def test_the_interval_over_seeds_is_that_of_scipy():
    values = [0.5, 0.7, 0.61]
    low, high, _ = interval(values)
    expected = stats.t.interval(0.95, 2, np.mean(values), stats.sem(values))
    assert (low, high) == pytest.approx(expected, abs=1e-14)


def test_cells_that_were_not_run_have_a_reason_and_no_number():
    empty = accuracy_table().where(kind="empty").dicts()
    assert {row["data"] for row in empty} >= {"cifar10", "cifar100", "celeba", "ava", "wasd"}
    for row in empty:
        assert row["value"] is None
        assert row["note"]
        assert row["command"] or row["note"].startswith("does not exist")
        assert row["model"] in MODELS
    assert (
        not accuracy_table(elsewhere=[("ava", "speaker", "none")]).where(data="ava", model="speaker", gates="none").rows
    )


def test_the_tables_that_ship_are_of_the_weights_that_ship():
    """The score of the gated net stands in the card, too: measured twice, by two ways."""
    cards = {(card["name"], card["gates"]): card for card in list_cards()}
    for row in measured("values").where(group="", gates="paper").dicts():
        scores = cards[row["model"], row["gates"]]["scores"]
        known = scores["AP"] if row["measure"] == "AP" else scores[row["measure"]]
        assert float(row["whole"]) == pytest.approx(known, abs=2e-3)
        assert float(row["share"]) == pytest.approx(scores["channel share"], abs=5e-3)
    for row in measured("percentages").where(rule="top", percent=10).dicts():
        scores = cards[row["model"], row["gates"]]["scores"]
        assert float(row["keep"]) == pytest.approx(scores.get("keep AP", scores.get("keep")), abs=5e-3)


def test_described_gates_are_those_that_were_given():
    gates = torch.tensor([[0.1, 0.91, 0.1, 0.1], [0.1, 0.91, 0.1, 0.1]])
    row = described([gates])
    assert row["share"] == pytest.approx(1)
    assert row["spread"] == pytest.approx(0, abs=1e-7)
    assert row["mean"] == pytest.approx(0.3025)
    assert row["above"] == 0.25  # one of four: 0.91 lies above 0.3025 + 1.282 * 0.351
    assert row["empty"] == 0
    raw = counts_of(row, "raw")
    assert raw[[4, 36]] == pytest.approx([0.75, 0.25])
    assert counts_of(row, "centred").sum() == pytest.approx(1)
    assert quantiles_of(row).shape == (39,)
