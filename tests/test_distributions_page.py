"""The page "Distributions" without a browser: charts, sentences with the table's numbers, state in the link."""

import base64
import json

import numpy as np
import pytest
from conftest import make_classifier, make_sample, open_page
from streamlit.testing.v1 import AppTest

from sqexplain.explanation import explain, read
from sqexplain.figures import measured
from sqexplain.figures.table import Table
from sqexplain.ui.paper import cache
from sqexplain.ui.values import brushing, multiples, one


def run(**link) -> AppTest:
    return open_page("distributions", **link)


def words(app: AppTest) -> str:
    return " ".join(one.value for one in [*app.markdown, *app.caption])


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_the_first_screen_shows_every_net_and_opens_one():
    app = run()
    assert [widget.label for widget in app.selectbox] == ["Model and gates", "Class or attribute"]
    whole = measured("values").where(group="")
    small, opened, quantiles, sample = charts(app)
    assert sum(trace["type"] == "bar" for trace in small["data"]) == len(whole.rows)
    assert opened["data"][0]["name"] == "all samples"
    assert len(quantiles["data"]) == 2
    assert sample["data"][0]["type"] == "bar"
    row = whole.where(model="cifar10-resnet", gates="paper").dicts()[0]
    assert f"leaves {100 * float(row['above']):.1f} % of the channels above it" in words(app)
    assert f"over all samples changes from {float(row['whole']):.3f} to {float(row['mean gates']):.3f}" in words(app)


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


def captions(app: AppTest) -> list[str]:
    return [picture.caption for image in app.get("image") for picture in image.proto.imgs]


def test_at_first_the_top_ten_per_cent_are_chosen_and_no_more():
    app = run(distribution="cifar10-resnet/paper")  # where many gates are almost 1
    assert "mean map of 26 of 256 channels" in captions(app)[0]
    assert "the top 10 %" in captions(app)[0]
    filled = charts(app)[3]["data"][0]["y"]
    assert np.frombuffer(base64.b64decode(filled["bdata"]), filled["dtype"]).sum() == 26
    assert app.button[0].disabled


def test_a_range_stays_with_another_sample_and_the_button_takes_it_back():
    app = run(distribution="scenes-resnet/sparse", low="0", high="1000", place="3")
    assert "mean map of 128 of 128 channels" in captions(app)[0]
    app.session_state["place"] = 4
    app.run()
    assert "mean map of 128 of 128 channels" in captions(app)[0]
    app.button[0].click().run()
    assert "mean map of 13 of 128 channels" in captions(app)[0]
    assert not {"low", "high"} & set(app.query_params)


def test_the_slider_chooses_a_range():
    app = run(distribution="drawn-faces/sparse")
    app.slider[0].set_value((0.0, 0.25)).run()
    assert (app.session_state["low"], app.session_state["high"]) == (0, 250)
    assert "SE value 0.000 to 0.250" in captions(app)[0]


def test_another_net_starts_with_its_top_ten_per_cent():
    app = run(distribution="scenes-resnet/sparse", low="0", high="1000")
    app.selectbox[0].set_value("drawn-faces/sparse").run()
    assert "mean map of 10 of 96 channels" in captions(app)[0]


def test_a_clip_is_shown_frame_by_frame():
    app = run(distribution="speaker/sparse", moment="3")
    assert app.slider[0].label == "Frame"
    assert "frame 3 ·" in captions(app)[0]
    app.slider[0].set_value(7).run()
    assert "frame 7 ·" in captions(app)[0]


def test_exactly_the_gates_of_a_range_are_chosen():
    values, order = np.array([0.2, 0.9, 0.9, 0.1]), np.array([1, 2, 0, 3])
    assert brushing.chosen(values, order, None).tolist() == [False, True, False, False]  # ceil(0.1 * 4), one of two
    assert brushing.chosen(values, order, (0.1, 0.2)).tolist() == [True, False, False, True]


def test_the_sentence_on_the_rule_says_where_it_is_out_of_reach():
    beyond = brushing.rule(np.array([0.0, 1, 1, 0, 1, 1]))  # mean 2/3, sigma sqrt(2)/3
    assert "at 1.271, beyond the largest possible value, and selects no channels" in beyond
    assert "at 0.713 (dashed) and selects 1 channel." in brushing.rule(
        np.array([0.0, 0, 0, 0, 1])
    )  # mean 0.2, sigma 0.4


def test_the_summary_counts_the_normal_ones():
    rows = [{"group": "", "rejected": 0.04, "above": 0.1}, {"group": "", "rejected": 1, "above": 0.2}]
    assert multiples.summary(Table.of(rows)).startswith("1 of these 2 is normal.")
    assert "selects 10 to 20 %" in multiples.summary(Table.of(rows))


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
           "mean gates": "", "gates": "paper", "measure": "AUC", "group": ""}  # fmt: skip
    assert "could be normal" in one.sentences(row, row)[0]
    assert "are not normal" in one.sentences(row, row | {"rejected": "0.06"})[0]
    assert "on average" not in one.sentences(row, row)[0]
    assert "largest p of all attributes" in one.sentences(row, row | {"gates": "class"})[0]


def test_the_heat_of_chosen_channels_is_that_of_se():
    found = read(make_classifier("sparse"), make_sample())
    (se,) = explain(make_classifier("sparse"), make_sample(), ["se:percent=25"])
    best = np.argsort(-found.gates[0], kind="stable")[:3]
    channels = np.isin(np.arange(12), best)
    np.testing.assert_allclose(found.heat(channels), se.heatmap, atol=1e-5)
    for wrong in (np.zeros(12, bool), np.ones(5, bool)):
        with pytest.raises(ValueError, match="at least one of 12"):
            found.heat(wrong)
