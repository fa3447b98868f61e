"""The page "Faces" without a browser: it shows a result, holds its state in the link, answers trouble in a sentence."""

import base64
import json
from pathlib import Path

import celeba_folders
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from sqexplain.data import open_dataset
from sqexplain.data.photographs import ASTRONAUT, CUP, locate
from sqexplain.evaluation.face_regions import IDENTITY
from sqexplain.explanation import read
from sqexplain.media import decode_image, encode_png
from sqexplain.models import load_model
from sqexplain.ui import cache
from sqexplain.ui.face import cache as kept
from sqexplain.ui.face import gallery, many
from sqexplain.ui.face.choices import fitting_model

ROOT = Path(__file__).parents[1]
DRAWN, PHOTOGRAPHS = "drawn-faces", "celeba-attributes"


def run(**link) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/faces.py")
    for name, value in link.items():
        app.query_params[name] = value
    app.session_state["drawn"] = True  # what a browser says when the pictures are on screen
    app.run()
    assert not app.exception
    return app


def data_of(app: AppTest, name: str) -> dict | None:
    """Return the data of a component by a key that only its data have."""
    found = (json.loads(one.proto.json)[0] for one in app.get("bidi_component"))
    return next((data for data in found if name in data), None)


def link(app: AppTest) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def words(app: AppTest) -> str:
    return " ".join(one.value for one in [*app.markdown, *app.caption])


def upload(app: AppTest, data: bytes, name: str = "me.png") -> AppTest:
    turn = app.session_state["face_turn"]
    app.file_uploader(key=f"face_file_{turn}").set_value((name, data, "image/png")).run()
    assert not app.exception
    return app


def photograph(source=ASTRONAUT) -> np.ndarray:
    return decode_image(locate(source).read_bytes(), "picture")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty cache folder, so that CelebA is not there."""
    found = cache.open_dataset
    root = {"celeba": tmp_path}
    monkeypatch.setattr(cache, "open_dataset", lambda name, split: found(name, split, root.get(name)))
    cache.dataset.clear()
    yield tmp_path
    cache.dataset.clear()


def test_the_first_screen_shows_two_rows_of_maps_with_their_evidence():
    app = run()
    assert not app.error
    data = data_of(app, "panels")
    assert [group["target"] for group in data["groups"]] == ["Eyeglasses", "Smiling"]
    row = ["Evidence", "SE", "SE evidence", "GradCAM"]
    assert [(panel["group"], panel["title"]) for panel in data["panels"]] == [(n, name) for n in (0, 1) for name in row]
    assert data["columns"] == 4
    assert all("labelled yes" in group["told"] and "threshold" in group["told"] for group in data["groups"])
    assert "lowers the logit most" in words(app)


STATE = {"show": "one", "faces": DRAWN, "face": "7", "face_model": DRAWN, "face_gates": "class"}
STATE |= {"attributes": "Wearing_Lipstick,Bangs", "sign": "against", "face_methods": "se,layercam"}
STATE |= {"face_controls": "on", "enlarge": "bicubic", "taken": "before scaling", "parts": "on", "percent": "33"}
STATE |= {"opacity": "45", "cut": "20", "base": "colour", "map": "magma", "rule": "paper"}


def test_a_fresh_session_opens_a_full_link_and_keeps_it():
    app = run(**STATE)
    assert link(app) == STATE
    data = data_of(app, "panels")
    assert [group["target"] for group in data["groups"]] == ["not Wearing Lipstick", "not Bangs"]
    assert len(data["boxes"]) == 10, "hair has three boxes"
    assert {"SE", "LayerCAM", "All channels"} <= {panel["title"] for panel in data["panels"]}
    assert data["start"]["percent"] == 33


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("face_model", "drawn-face", DRAWN),
        ("attributes", "Smiling,Eyeglases", "Eyeglasses,Smiling"),
        ("face", "99999", "2"),
        ("faces", "upload", DRAWN),
        ("sign", "both", "for"),
        ("show", "all", "one"),
    ],
)
def test_what_a_link_asks_for_in_vain_is_told_and_replaced(name, value, shown):
    app = run(**{name: value})
    assert len(app.toast) == 1
    assert link(app)[name] == shown
    assert data_of(app, "panels")


def test_attributes_become_rows_in_the_order_of_choice():
    app = run()
    app.multiselect(key="w_attributes").set_value(["Smiling", "Bald", "Eyeglasses"]).run()
    assert link(app)["attributes"] == "Smiling,Bald,Eyeglasses"
    assert [group["target"] for group in data_of(app, "panels")["groups"]] == ["Smiling", "Bald", "Eyeglasses"]


def test_without_an_attribute_or_a_method_the_page_says_what_to_do():
    app = run()
    app.multiselect(key="w_attributes").set_value([]).run()
    assert "click a bar" in app.info[0].value
    app.session_state["face_methods"] = []
    app.run()
    assert "Choose at least one method" in app.info[0].value
    assert not app.exception


def test_without_gates_the_methods_that_read_them_are_not_offered():
    data = data_of(run(face_gates="none"), "panels")
    assert data["label"] == "mean activation"
    assert {panel["title"] for panel in data["panels"]} == {"Evidence", "GradCAM"}


def test_a_photograph_is_aligned_and_explained_and_says_that_it_is_not_kept():
    app = upload(run(), encode_png(photograph()))
    assert not app.error
    assert link(app)["faces"] == "upload"
    assert link(app)["face_model"] == PHOTOGRAPHS
    data = data_of(app, "panels")
    assert (data["name"], data["height"], data["width"]) == ("me", 218, 178)
    assert "never written to disk or logged" in words(app)
    assert "Aligned by the eyes" in words(app)
    app.slider(key="w_nudge_turn").set_value(10.0).run()
    assert data_of(app, "panels")["id"] != data["id"], "a moved crop is another picture"
    next(one for one in app.button if one.label == "Reset").click().run()
    assert data_of(app, "panels")["id"] == data["id"]


def test_who_somebody_is_stays_hidden_for_a_photograph_until_it_is_asked_for():
    app = upload(run(), encode_png(photograph()))
    assert not {name.replace("_", " ") for name in IDENTITY} & set(app.multiselect(key="w_attributes").options)
    app.toggle(key="w_identity").set_value(True).run()
    assert {"Male", "Young"} <= set(app.multiselect(key="w_attributes").options)
    assert "nothing certain about a person" in words(app)


def test_of_several_faces_one_is_chosen():
    both = np.concatenate([photograph(), photograph()[:, ::-1]], 1)
    app = upload(run(), encode_png(both))
    assert "2 faces were found" in words(app)
    names = [one["name"] for one in data_of(app, "pictures")["pictures"]]
    assert names == ["on the left", "on the right"]
    assert data_of(app, "panels")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (lambda: encode_png(photograph(CUP)), "No face was found"),
        (lambda: b"\x00" * 99, "damaged"),
        (lambda: encode_png(photograph()[::12, ::12]), "face"),
    ],
    ids=["no face", "broken", "tiny"],
)
def test_a_photograph_that_cannot_be_used_is_answered_in_a_sentence_and_nothing_is_lost(data, told):
    app = upload(run(face="5"), data())
    (error,) = app.error
    assert told in error.value
    assert "\n" not in error.value
    assert ".." not in error.value
    assert data_of(app, "panels")["name"] == "face/0005"


def test_net_and_faces_that_do_not_belong_together_are_told(home):
    celeba_folders.part_of(home)
    app = run(faces="celeba", face_model=DRAWN)
    assert "drawn faces only" in app.warning[0].value
    assert fitting_model("celeba") == PHOTOGRAPHS
    app = run(face_model=PHOTOGRAPHS)
    assert "not calibrated" in app.warning[0].value


def test_with_other_faces_comes_the_net_that_knows_them(home):
    celeba_folders.part_of(home)
    app = run()
    app.selectbox(key="w_faces").set_value("celeba").run()
    assert link(app)["face_model"] == PHOTOGRAPHS
    assert "labelled" in data_of(app, "panels")["groups"][0]["told"]
    assert "Male" in app.multiselect(key="w_attributes").options, "of a data set everything is shown"


@pytest.mark.usefixtures("home")
def test_faces_that_are_not_here_are_told_with_the_way_to_get_them_and_back():
    app = run(faces="celeba")
    assert "not on this machine" in app.info[0].value
    assert "non-commercial research" in words(app)
    next(one for one in app.button if one.label == "Back to the drawn faces").click().run()
    assert data_of(app, "panels")
    assert link(app)["face_model"] == DRAWN


def test_many_faces_are_measured_on_demand(monkeypatch):
    monkeypatch.setattr(many, "NUMBERS", ("12", "30"))
    kept.survey_slot.clear()
    app = run(show="many", about="Smiling", by="Eyeglasses", number="12", asked="all")
    next(one for one in app.button if one.label == "Measure 12 faces").click().run()
    assert not app.exception
    assert not app.error
    told = words(app)
    assert "mean over 12 faces (Drawn faces)" in told
    assert "**Eyeglasses**" in told
    assert "**not Eyeglasses**" in told
    assert any(one.label == "Regions (CSV)" for one in app.get("download_button"))
    assert "regions drawn-faces --target Smiling" in app.code[0].value


def test_the_gallery_takes_a_face_to_the_first_view(monkeypatch):
    monkeypatch.setattr(gallery, "NUMBERS", ("40", "50"))
    kept.answers_slot.clear()
    app = run(show="gallery", about="Eyeglasses", looked="40")
    assert not app.error
    assert "40 faces" in words(app)
    strips = [json.loads(one.proto.json)[0] for one in app.get("bidi_component")]
    confident = next(one for one in strips if one["label"] == "Most confident yes, Eyeglasses")
    place = confident["pictures"][0]["number"]
    assert open_dataset(DRAWN).labels[place, 0] == 1
    told = {"attributes": ["Bald"]}
    with monkeypatch.context() as patch:  # a click is a matter of the browser; this is what it leads to
        patch.setattr(gallery.st, "session_state", told)
        gallery._explain(place, "Eyeglasses", DRAWN)
    for name, value in told.items():
        app.session_state[name] = value
    app.run()
    assert link(app)["face"] == str(place)
    assert [group["target"] for group in data_of(app, "panels")["groups"]] == ["Eyeglasses", "Bald"]


def test_the_lines_to_reproduce_run(tmp_path, monkeypatch):
    app = run(face_methods="se,gradcam", percent="20", sign="against")
    app.session_state["face_lines"] = True
    app.run()
    python, command = (block.value for block in app.code)
    assert "--target 'not Eyeglasses,not Smiling'" in command
    monkeypatch.chdir(tmp_path)
    exec(python, {})  # our own lines, as a reader would paste them
    assert len(list(tmp_path.glob("out/*.npz"))) == 4


def test_faces_stay_out_of_the_page_for_any_picture():
    assert not {DRAWN, PHOTOGRAPHS} & set(cache.picture_models())
    assert {DRAWN, PHOTOGRAPHS} <= set(cache.face_models())


def test_evidence_is_sent_as_it_was_drawn_where_the_net_saw_it():
    panel = data_of(run(attributes="Smiling"), "panels")["panels"][0]
    sent = np.frombuffer(base64.b64decode(panel["map"]), "<f4").reshape(panel["cells"])
    sample = open_dataset(DRAWN)[2]
    (box,) = read(load_model(DRAWN, "class"), sample, "Smiling").views
    rows, columns = slice(int(box.top), int(box.top + box.height)), slice(int(box.left), int(box.left + box.width))
    np.testing.assert_array_equal(sent > 0, sample.evidence["Smiling"][0][rows, columns][::2, ::2])
