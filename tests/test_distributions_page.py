"""The page "Distributions" without a browser: charts, sentences with the table's numbers, state in the link."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import make_classifier, make_sample
from streamlit.testing.v1 import AppTest

from sqexplain.explanation import explain, read
from sqexplain.figures import measured
from sqexplain.ui.paper import cache
from sqexplain.ui.values import multiples, one

ROOT = Path(__file__).parents[1]


def run(**link) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/distributions.py")
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return " ".join(one.value for one in [*app.markdown, *app.caption])


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_the_first_screen_shows_every_net_and_opens_one():
    app = run()
    assert [widget.label for widget in app.selectbox] == ["Net and gates", "Class or attribute"]
    whole = measured("values").where(group="")
    small, opened, quantiles, sample = charts(app)
    assert sum(trace["type"] == "bar" for trace in small["data"]) == len(whole.rows)
    assert opened["data"][0]["name"] == "all samples"
    assert len(quantiles["data"]) == 2
    assert sample["data"][0]["type"] == "bar"
    row = whole.where(model="cifar10-resnet", gates="paper").dicts()[0]
    assert f"leaves {100 * float(row['above']):.1f} % of the channels above it" in words(app)
    assert f"goes from {float(row['whole']):.3f} to {float(row['mean gates']):.3f}" in words(app)


@pytest.mark.parametrize(
    "name", [f"{row['model']}/{row['gates']}" for row in measured("values").where(group="").dicts()]
)
def test_every_net_and_form_opens(name):
    app = run(distribution=name, form="raw")
    assert app.selectbox[0].value == name
    assert len(charts(app)) == 4
    assert len(app.get("image")) >= 2  # the mean map and single channels


def test_a_class_is_shown_over_all():
    app = run(distribution="scenes-resnet/class", group="fish")
    assert "fish" in words(app)
    assert charts(app)[1]["data"][1]["name"] == "all samples"


def test_a_class_of_another_net_falls_back_to_all():
    app = run(distribution="scenes-resnet/class", group="fish")
    app.selectbox[0].set_value("speaker/sparse").run()
    assert not app.exception
    assert app.selectbox[1].value == "all"


def test_a_range_without_channels_says_so():
    app = run(distribution="scenes-resnet/sparse", low="500", high="501")
    assert "No SE value lies between 0.500 and 0.501" in " ".join(
        picture.caption for image in app.get("image") for picture in image.proto.imgs
    )


def test_a_bad_link_is_answered():
    app = run(distribution="nobody/none", low="-4")
    assert len(app.toast) == 2


def test_a_missing_table_is_one_sentence_with_the_command(monkeypatch):
    monkeypatch.setattr(cache, "table", lambda _name: None)
    app = run()
    assert "not measured yet" in app.info[0].value
    assert app.code[0].value == "python -m sqexplain figures --only values"


def test_words_never_claim_all_or_nothing():
    row = {"rejected": "0.04", "above": "0.0001", "share": "0.9999"}
    assert multiples.note(row) == "normal; < 1 % above, const. > 99 %"


def test_a_normal_distribution_is_called_one():
    row = {"w": "0.99", "p": "0.4", "rejected": "0.05", "above": "0.1", "empty": "0", "share": "0", "spread": "0.1",
           "mean gates": ""}  # fmt: skip
    assert "could be normal" in one.sentences(row, row)[0]
    assert "are not normal" in one.sentences(row, row | {"rejected": "0.06"})[0]


def test_the_heat_of_chosen_channels_is_that_of_se():
    found = read(make_classifier("sparse"), make_sample())
    (se,) = explain(make_classifier("sparse"), make_sample(), ["se:percent=25"])
    best = np.argsort(-found.gates[0], kind="stable")[:3]
    channels = np.isin(np.arange(12), best)
    np.testing.assert_allclose(found.heat(channels), se.heatmap, atol=1e-5)
    for wrong in (np.zeros(12, bool), np.ones(5, bool)):
        with pytest.raises(ValueError, match="at least one of 12"):
            found.heat(wrong)
