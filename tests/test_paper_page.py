"""The page "Paper" without a browser: the drawing, the claims with the numbers of cards and tables, every view."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from conftest import open_page
from streamlit.testing.v1 import AppTest

from sqexplain.figures.table import Table
from sqexplain.ui.paper import accuracy, cache, claims, percentages, summaries, svg, verdicts, views
from sqexplain.ui.paper.verdicts import FAILS, HOLDS, MISSING, OPEN, PARTLY

WEIGHTS = Path(__file__).parents[1] / "assets" / "weights"
PEN = svg.Pen("#111111", "#00ff00")


def run(**link) -> AppTest:
    return open_page("paper", timeout=120, **link)


def words(app: AppTest) -> str:
    return " ".join(one.value for one in [*app.markdown, *app.caption])


def scores(model: str, gates: str) -> dict:
    return json.loads((WEIGHTS / f"{model}.{gates}.json").read_text("utf-8"))["scores"]


def score(gates: str, value: float, half: float | None = 0.01, **more) -> dict:
    row = {"data": "cifar10", "model": "net", "title": "Net, CIFAR-10", "gates": gates, "measure": "accuracy"}
    ends = {"low": None, "high": None} if half is None else {"low": value - half, "high": value + half}
    rest = {"seeds": 1, "basis": "one seed", "recipe": "as shipped", "kind": "measured", "note": "", "estimate": ""}
    return row | {"value": value, "command": "python -m sqexplain train net"} | ends | rest | more


def steps(gates: str = "class", keeps=(0.5, 0.97, 0.9, 0.96, 1.0), measure: str = "same answer") -> Table:
    """Return a table of percentages of one net with 40 channels."""
    head = {"model": "cifar10-resnet", "title": "Small ResNet, CIFAR-10", "gates": gates, "data": "cifar10"}
    head |= {"measure": measure, "whole": 1.0, "samples": 100}
    rows = [
        head
        | {"rule": "top", "percent": percent, "channels": percent * 0.4, "keep": keep, "drop": 1 - keep}
        | {"keep random": 0.4, "drop random": 0.6, "keep pooled": 0.7, "drop pooled": 0.3}
        for percent, keep in zip((1, 5, 10, 20, 100), keeps, strict=True)
    ]
    rule = {"rule": "paper", "percent": 15, "channels": 6, "keep": 0.93, "drop": 0.2, "empty": 0.25}
    return Table.of([*rows, head | rule])


@pytest.fixture
def tables(monkeypatch):
    """Tables of one's own by name in place of the measured ones; a name that is not there is not measured."""
    found: dict[str, Table] = {}
    monkeypatch.setattr(cache, "measured", found.get)
    cache.table.clear()
    yield found
    cache.table.clear()


@pytest.mark.parametrize("view", views.titles())
def test_every_view_runs_and_has_its_command_under_it(view):
    app = run(view=view)
    assert not app.error
    assert any("python -m sqexplain figures --only" in code.value for code in app.code)
    assert app.query_params["view"] in (view, [view])
    assert "arXiv 2412.05134" in words(app)
    assert any("@article{roxo2024squeeze" in code.value for code in app.code)


def test_the_claims_state_the_numbers_of_the_cards():
    told = words(run())
    faces, speaker = scores("celeba-attributes", "paper"), scores("speaker", "paper")
    assert f"AUC {faces['keep']:.2f} of {faces['AUC']:.2f} on CelebA" in told
    assert f"AP {speaker['keep AP']:.2f} of {speaker['AP']:.2f} on drawn talkers" in told
    assert f"random channels, {speaker['keep AP, random']:.2f}" in told
    worst = min(summaries.differences(cache.accuracies()), key=lambda one: one.value)
    assert worst.text in told
    assert all(claim.text in told for claim in claims.claims())


@pytest.mark.usefixtures("tables")
def test_what_is_not_measured_is_said_in_a_sentence():
    app = run(view="percent")
    assert words(app).count(MISSING) == 2  # the rule and the price
    assert "Other percentages are not measured." in words(app)
    assert [one.value for one in app.info] == [MISSING]
    assert OPEN in words(app)


def test_a_link_carries_the_curve_and_the_sentence_tells_the_table(tables):
    rest = steps("paper", (0.1, 0.2, 0.3, 0.4, 1.0))
    tables["percentages"] = Table.join([steps(), rest])
    app = run(view="percent", curve="cifar10-resnet/paper", percent="20")
    assert app.query_params["curve"] in ("cifar10-resnet/paper", ["cifar10-resnet/paper"])
    assert app.slider(key="w_percent").value == 20
    assert "the prediction stays the same for 30 %, without them for 70 %" in words(app)
    assert "from 100 % on" in words(app)
    assert "6.0 channels on average, and none for 25 %" in words(app)


def test_a_difference_is_paired_where_the_table_pairs_and_else_that_of_two_independent_scores():
    rows = [score("none", 0.80, 0.03), score("paper", 0.75, 0.04)]
    (one,) = summaries.differences(Table.of(rows))
    assert (one.value, one.low, one.high) == pytest.approx((-0.05, -0.10, 0.0))
    paired = {"difference": -0.02, "difference low": -0.03, "difference high": -0.01}
    (one,) = summaries.differences(Table.of([rows[0], score("paper", 0.75, 0.04, **paired)]))
    assert one.text == "−2.0 points [−3.0, −1.0]"
    (one,) = summaries.differences(Table.of([score("none", 0.8, None), score("paper", 0.81, None)]))
    assert one.text == "+1.0 points with one seed"
    assert summaries.differences(Table.of([score("none", 0.8), score("paper", 0.9, recipe="4 epochs")])) == []


@pytest.mark.parametrize(
    ("values", "verdict"),
    [([(0.8, 0.79)], HOLDS), ([(0.8, 0.7)], FAILS), ([(0.8, 0.7), (0.8, 0.81)], PARTLY)],
)
def test_se_costs_accuracy_only_beyond_the_interval(values, verdict):
    pairs = [(score("none", a, data=str(n)), score("paper", b, data=str(n))) for n, (a, b) in enumerate(values)]
    assert verdicts.on_cost_of_se(Table.of([row for pair in pairs for row in pair])).verdict == verdict


@pytest.mark.parametrize(
    ("above", "empty", "verdict"), [(0.1, 0.0, HOLDS), (0.1, 0.2, FAILS), (0.0, 1.0, FAILS), (0.2, 0.0, FAILS)]
)
def test_the_rule_has_to_mark_about_a_tenth_and_something_at_all(above, empty, verdict):
    row = {"group": "", "data": "cifar10", "gates": "paper", "above": above, "empty": empty, "share": 0.95}
    finding = verdicts.on_the_rule(Table.of([row | {"rejected": 0.5}]))
    assert finding.verdict == verdict
    assert "On CIFAR-10 the published gates hardly depend on the sample." in finding.text


def test_a_map_behind_gradcam_is_called_so():
    rhos = {"gradcam": 0.9, "mean": 0.7, "samples": 16}
    masses = {"se": (2.0, 0.1), "gradcam": (3.0, 0.1), "difference": (-1.0, 0.1)}
    finding = verdicts.on_agreement({"paper": rhos}, {"paper": masses}, {"gradcam": "GradCAM"})
    assert finding.verdict == HOLDS
    assert "SE is behind GradCAM with published gates" in finding.text
    assert any("−1.00 ± 0.10" in line for line in finding.numbers)
    assert verdicts.against(0.05, 0.1) == "level with"


def test_the_price_is_that_of_the_map_beside_a_bare_pass():
    row = {"input": "clip", "control": "no", "low": 0.9, "high": 1.2, "seconds": 1.0, "setting": ""}
    rows = [row | {"what": "SE", "method": "se", "ratio": 1.05}, row | {"what": "GradCAM", "method": "g", "ratio": 2.0}]
    finding = verdicts.on_price(Table.of(rows))
    assert (finding.verdict, "clip 1.05 (GradCAM 2.0)" in finding.text) == (HOLDS, True)
    assert verdicts.on_price(Table.of([rows[0] | {"ratio": 1.3}])).verdict == FAILS
    assert verdicts.on_price(None) == verdicts.Finding(OPEN, MISSING)


def test_a_percentage_counts_as_reached_only_where_it_is_never_lost_again():
    assert summaries.reached(steps()) == {("cifar10-resnet", "class"): 20.0}
    assert summaries.reached(steps(keeps=(0.97,) * 5)) == {("cifar10-resnet", "class"): 1.0}
    assert summaries.reached(steps(keeps=(0.1,) * 5)) == {("cifar10-resnet", "class"): None}


def test_the_chart_of_accuracy_draws_each_interval_and_marks_what_is_the_papers():
    rows = [score("none", 0.8, 0.02), score("paper", 0.81, None, kind="paper", basis="")]
    first, second = accuracy.figure(Table.of(rows).dicts()).data
    assert first.x[0] == pytest.approx(80)
    assert first.error_x.array[0] == pytest.approx(2)
    assert second.marker.symbol == "star"
    assert second.error_x.array is None
    assert second.y[0].endswith("(the paper's)")


def test_an_axis_of_accuracy_shows_a_point_at_least():
    rows = Table.of([score("none", 0.9999, None), score("paper", 0.9997, None)]).dicts()
    assert accuracy.scale(rows) == pytest.approx([99.48, 100.48])
    low, high = accuracy.scale(Table.of([score("none", 0.8, 0.1)]).dicts())
    assert (low, high) == pytest.approx((68.5, 91.5))


def test_the_maps_of_every_kind_of_net_are_live():
    for model, gates in (("cifar10-resnet", "paper"), ("drawn-faces", "class"), ("celeba-attributes", "class")):
        found, at, _ = percentages.explained(model, gates, (1, 100))
        small, whole = (percentages.laid(one, at) for one in found)
        assert small.shape == whole.shape
        assert (small != whole).any(), model


def test_the_drawing_is_svg_with_as_many_filled_bars_as_channels_are_chosen():
    drawn = svg.bars(np.linspace(1, 0, 20), 3, PEN, (0, 0, 100, 50))
    parts = ElementTree.fromstring(f"<g>{drawn}</g>")
    counts = {path.get("fill"): path.get("d").count("M") for path in parts if path.get("fill") != "none"}
    assert counts == {PEN.accent: 3, PEN.ink: 17}
    some = [svg.Step("A < B", drawn, ("words & more",)), svg.Step("C", "")]
    whole = ElementTree.fromstring(svg.drawing(some, [(0, 0), (1, 0)], [(0, 1)], PEN))
    assert "A < B" in "".join(whole.itertext())
    assert 'alt="a &quot;b&quot;"' in svg.as_image("<svg/>", 'a "b"', "wide")


def test_the_page_draws_both_forms_of_the_method_in_words_and_pictures():
    drawn = [one.proto.body for one in run().get("html")]
    told = [body for body in drawn if "<img" in body]
    assert len(told) == 2
    for body, first in zip(told, ("The method: 1  Picture", "The method for a clip: Face"), strict=True):
        assert body.count(f'alt="{first}') == 2  # one for wide and one for narrow screens
        assert body.count("data:image/svg+xml;base64,") == 2
