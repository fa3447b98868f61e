"""The pages without a browser: they show a result, hold their state in the link, answer trouble in one sentence."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from sqexplain.data import open_dataset
from sqexplain.explanation import read
from sqexplain.methods import parse
from sqexplain.models import load_model
from sqexplain.ui import link_state
from sqexplain.ui.layout import existing
from sqexplain.ui.viewer_data import channel_weights

ROOT = Path(__file__).parents[1]
MODEL = "cifar10-resnet"


def run(script: str, **link) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if script != "app.py":
        app.switch_page(script)
    for name, value in link.items():
        app.query_params[name] = value
    app.session_state["drawn"] = True  # what a browser says when the pictures are on screen
    app.run()
    assert not app.exception
    return app


def component(app: AppTest, name: str) -> dict | None:
    """Return the data of a component by a key that only its data have."""
    for found in app.get("bidi_component"):
        (data,) = json.loads(found.proto.json)
        if name in data:
            return data
    return None


def link(app: AppTest) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def picture_bytes(kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 90, 3), np.uint8)).save(buffer, kind)
    return buffer.getvalue()


OTHERS = ("Clips", "Faces", "Distributions", "Paper")  # those have tests of their own
PICTURES = [page for page in existing() if page.name not in OTHERS]


@pytest.mark.parametrize("page", PICTURES, ids=lambda page: page.name)
def test_every_page_of_pictures_opens_with_a_result(page):
    app = run(page.script)
    assert not app.error
    assert len(component(app, "panels")["panels"]) == 6


def test_a_link_without_anything_gets_the_full_state():
    found = link(run("pages/explain.py"))
    assert found["model"] == MODEL
    assert found["gates"] == "class"
    assert (found["data"], found["item"], found["target"]) == ("photographs", "0", "predicted class")
    assert found["methods"] == "se,gradcam,gradcam++,eigengradcam,fullgrad"
    assert (found["percent"], found["base"], found["map"], found["rule"]) == ("10", "grey", "cividis", "topk")


STATE = {
    "model": MODEL,
    "gates": "sparse",
    "data": "photographs",
    "item": "4",
    "target": "dog",
    "methods": "se,layercam",
}
STATE |= {
    "controls": "on",
    "enlarge": "bicubic",
    "taken": "before scaling",
    "percent": "33",
    "opacity": "45",
    "cut": "20",
    "base": "colour",
    "map": "magma",
    "rule": "paper",
}


def test_a_fresh_session_opens_a_full_link_and_keeps_it():
    app = run("pages/explain.py", **STATE)
    assert link(app) == STATE
    data = component(app, "panels")
    assert data["start"] == {"percent": 33, "opacity": 45, "cut": 20, "base": "colour", "map": "magma", "rule": "paper"}
    titles = [panel["title"] for panel in data["panels"]]
    assert titles[:3] == ["Picture", "SE", "LayerCAM"]
    assert len(titles) == 8  # the five controls
    assert data["target"] == "dog"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("model", "cifar10-resnot", MODEL),
        ("percent", "900", "10"),
        ("percent", "1e1", "10"),
        ("methods", "se,gradcma", "se,gradcam,gradcam++,eigengradcam,fullgrad"),
        ("target", "unicorn", "predicted class"),
        ("item", "-3", "0"),
        ("data", "upload", "photographs"),
    ],
)
def test_what_a_link_asks_for_in_vain_is_told_and_replaced(name, value, shown):
    app = run("pages/explain.py", **{name: value})
    assert len(app.toast) == 1
    assert link(app)[name] == shown
    assert component(app, "panels")


def test_a_wrong_name_in_a_link_is_answered_with_the_nearest():
    (toast,) = run("pages/explain.py", model="cifar10-resnot").toast
    assert f"Did you mean '{MODEL}'?" in toast.value


def test_a_choice_changes_the_link_and_the_result():
    app = run("pages/explain.py")
    app.selectbox(key="w_target").set_value("ship").run()
    assert link(app)["target"] == "ship"
    assert component(app, "panels")["target"] == "ship"


def test_a_class_of_another_model_falls_back_to_the_predicted_one():
    app = run("pages/explain.py", target="ship")
    app.selectbox(key="w_model").set_value("cifar100-resnet").run()
    assert not app.exception
    assert link(app)["target"] == "predicted class"


def test_without_gates_the_gated_methods_are_not_offered():
    app = run("pages/explain.py", gates="none")
    data = component(app, "panels")
    assert data["rule"] is None
    assert data["label"] == "mean activation"
    assert "SE" not in [panel["title"] for panel in data["panels"]]


def test_an_uploaded_picture_is_explained():
    app = run("pages/explain.py")
    app.file_uploader(key="picture_file_0").set_value(("holiday photo.png", picture_bytes(), "image/png")).run()
    assert not app.error
    assert component(app, "panels")["name"] == "holiday photo"
    assert link(app)["data"] == "upload"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a picture", "holds text"),
        (b"", "is empty"),
        (picture_bytes()[:300], "damaged"),
        (b"\x00" * 99, "damaged"),
    ],
    ids=["text", "empty", "cut off", "zeros"],
)
def test_a_bad_file_is_answered_in_one_sentence_and_the_page_stays(data, words):
    app = run("pages/explain.py")
    app.file_uploader(key="picture_file_0").set_value(("bad.png", data, "image/png")).run()
    (error,) = app.error
    assert words in error.value
    assert "\n" not in error.value
    assert component(app, "panels")


def test_no_method_is_answered_with_what_to_do():
    app = run("pages/explain.py")
    app.session_state["methods"] = []
    app.run()
    assert "Choose at least one method" in app.info[0].value


def test_the_lines_to_reproduce_run(tmp_path, monkeypatch):
    app = run("pages/explain.py", methods="se,gradcam", percent="20", target="dog")
    app.session_state["lines"] = True
    app.run()
    python, command = (block.value for block in app.code)
    assert "'se:percent=20'" in python
    assert "--target dog" in command
    monkeypatch.chdir(tmp_path)
    exec(python, {})  # our own lines, as a reader would paste them
    assert len(list(tmp_path.glob("out/*.npz"))) == 2


def test_state_is_written_as_a_link_writes_it():
    assert link_state.shown(["se", "gradcam"]) == "se,gradcam"
    assert link_state.shown(7) == "7"


def test_the_rarer_settings_of_se_reach_the_lines():
    app = run("pages/explain.py", gates="paper", methods="se,gradcam", enlarge="bicubic", taken="before scaling")
    app.session_state["lines"] = True
    app.run()
    _, command = (block.value for block in app.code)
    assert "--method se:interpolation=bicubic,percent=10,scaled=false --method gradcam" in command


@pytest.mark.parametrize("name", ["se", "se_class"])
def test_maps_before_scaling_are_drawn_as_the_library_makes_them(name):
    reading = read(load_model(MODEL, "paper"), open_dataset("photographs")[0])
    method = parse(f"{name}:scaled=false")
    (explanation,) = reading.explain([method])
    chosen = reading.order(method)[0][: explanation.channels[0]]
    weights = channel_weights(method, reading)[chosen]  # what the browser is told to multiply with
    drawn = (reading.post_gate[0][chosen] * weights[:, None, None]).mean(0)
    np.testing.assert_allclose(drawn, explanation.raw, atol=1e-5)
