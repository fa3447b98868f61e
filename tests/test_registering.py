"""Models, data sets and methods from outside the package: checked, found everywhere, and brought by plugins."""

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import open_page
from halves import SPEC, Halves
from user_folder import run, sentence

import sqexplain as sx
from sqexplain.methods import Method, parse
from sqexplain.methods.base import percentage
from sqexplain.registry import Registry
from sqexplain.ui import cache

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _forgotten():
    """Forget what a test has registered."""
    yield
    for table in (sx.MODELS, sx.DATASETS, sx.METHODS):
        for name in [name for name in table if name not in table.shipped]:
            del table[name]
    cache.shipped.clear()
    cache.dataset.clear()


def make_method(**attributes):
    """Return a fresh method, the mean of all channels, with attributes changed."""
    words = {"name": "plain", "title": "Plain", "summary": "Mean of all channels.", "__module__": __name__}
    content = words | {"__call__": lambda self, trace: trace.post_gate.mean(1)} | attributes  # noqa: ARG005
    content = {name: value for name, value in content.items() if value is not None}
    return dataclass(frozen=True)(type("Plain", (Method,), content))


def missing(split, root):
    """Open data that are not there."""
    raise ValueError(f"the disk for {split!r} at {root} is not there")


# --- registered by hand


def test_a_method_is_known_by_its_name_to_explain_and_the_command_line():
    @sx.register_method
    @dataclass(frozen=True)
    class Top(Method):
        name, title, summary = "top", "Top", "Mean of all channels, scaled."
        percent: float = percentage()

        def __call__(self, trace):
            return trace.post_gate.mean(1) * self.percent

    assert parse("top:percent=5") == Top(5)
    classifier = sx.load_model("scenes-resnet", device="cpu")
    (found,) = sx.explain(classifier, sx.open_dataset("scenes")[0], ["top"])
    assert found.heatmaps.max() > 0.9
    assert sx.METHODS.origin("top") == "registered"
    assert any(row["name"] == "top" for row in json.loads(run("methods", "--json").stdout))


def test_a_method_is_a_choice_of_the_page_explain():
    sx.register_method(make_method())
    app = open_page("explain", methods="se,plain")
    assert "Plain" in app.get("button_group")[1].options or any(
        "Plain" in str(one.options) for one in app.get("button_group")
    )
    assert not app.error


def test_a_model_is_built_only_when_it_is_used():
    built = []
    spec = replace(SPEC, name="lazy", build=lambda: built.append(1) or SPEC.build())
    assert sx.register_model(spec) is spec
    assert "lazy" in sx.MODELS
    assert run("models").exit_code == 0
    assert not built
    text = sentence(sx.load_model, "lazy")
    assert "train" in text
    assert built
    sx.register_model(replace(SPEC, name="broken", build=lambda: 1 / 0))
    assert "ZeroDivisionError" in sentence(sx.load_model, "broken")


def test_a_model_without_weights_is_offered_on_the_page_and_says_so():
    sx.register_model(replace(SPEC, name="fresh", title="Fresh net"))
    app = open_page("explain", model="fresh")
    assert app.selectbox(key="w_model").value == "fresh"
    assert "no weights of Fresh net" in app.info[0].value


def test_a_data_set_is_opened_by_its_name_and_browsed_on_the_page():
    sx.register_dataset("halves", lambda **_: Halves(8))
    assert len(sx.open_dataset("halves", "train")) == 8
    assert any(row["name"] == "halves" for row in json.loads(run("datasets", "--json").stdout))
    app = open_page("explain", data="halves")
    assert not app.error
    assert app.selectbox(key="w_data").value == "halves"


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        (lambda **_: 1 / 0, "ZeroDivisionError"),
        (lambda **_: [], "lacks name"),
        (missing, "is not there"),
        (lambda **_: Halves(0), "no pictures"),
    ],
)
def test_a_data_set_that_is_not_there_is_a_sentence_on_the_page(factory, words):
    sx.register_dataset("gone", factory)
    if "no pictures" not in words:
        assert words in sentence(sx.open_dataset, "gone")
    app = open_page("explain", data="gone")
    assert words.lower() in app.error[0].value.lower()


def test_the_same_cell_can_run_twice_but_nobody_takes_the_name_of_another():
    for _ in range(2):
        sx.register_method(make_method())
        sx.register_model(replace(SPEC, name="cell"))
        sx.register_dataset("cell", lambda **_: Halves())
    table = Registry("thing", {"ours": 1})
    table.register("theirs", 2)
    table._origins["theirs"] = "a plugin"
    table.register("theirs", table["theirs"])
    with pytest.raises(ValueError, match="the plugin 'a plugin' has registered a thing 'theirs' already"):
        table.register("theirs", 3)
    with pytest.raises(ValueError, match="'ours' is a thing of sqexplain itself"):
        table.register("ours", 1)


WRONG_METHODS = {
    "an object": ("gradcam", "derives from"),
    "no method": (dict, "derives from"),
    "no dataclass": (type("Bare", (Method,), {"name": "bare"}), "frozen dataclass"),
    "no title": (make_method(title=None), "no title"),
    "no summary": (make_method(summary=" "), "no summary"),
    "no sentence": (make_method(summary="Mean"), "full stop"),
    "capital letters": (make_method(name="Plain"), "small"),
    "a colon": (make_method(name="a:b"), "'a:b'"),
    "shipped": (make_method(name="gradcam"), "sqexplain itself"),
    "needs": (make_method(needs={"weights"}), "gradients"),
    "a flag": (make_method(control="yes"), "True or False"),
    "no formula": (make_method(__call__=None), "formula"),
    "interpolation": (make_method(interpolation="cubic"), "bicubic"),
    "a field": (make_method(__annotations__={"size": int}, size=3), "no rule"),
}
WRONG_SPECS = {
    "no spec": ("cifar10-resnet", "sqexplain.Spec"),
    "shipped": (replace(SPEC, name="speaker"), "sqexplain itself"),
    "a path": (replace(SPEC, name="../x"), "letters"),
    "a net": (replace(SPEC, build=SPEC.build()), "not the net itself"),
    "a list": (replace(SPEC, classes=["a"]), "tuple"),
    "twice": (replace(SPEC, classes=("a", "a")), "twice"),
    "no layer": (replace(SPEC, layer=""), "'layer'"),
    "size": (replace(SPEC, size=0), "'size'"),
    "mean": (replace(SPEC, mean=(0.5,)), "'mean'"),
    "task": (replace(SPEC, task="multiclass"), "'task'"),
    "base": (replace(SPEC, base="speaker"), "'base'"),
}


@pytest.mark.parametrize(("kind", "words"), WRONG_METHODS.values(), ids=WRONG_METHODS)
def test_a_wrong_method_is_refused_in_a_sentence(kind, words):
    before = list(sx.METHODS)
    assert words in sentence(sx.register_method, kind)
    assert list(sx.METHODS) == before


@pytest.mark.parametrize(("spec", "words"), WRONG_SPECS.values(), ids=WRONG_SPECS)
def test_a_wrong_spec_is_refused_in_a_sentence(spec, words):
    assert words in sentence(sx.register_model, spec)


@pytest.mark.parametrize(
    ("name", "factory", "words"),
    [
        ("x", 3, "callable"),
        ("x", lambda: None, "callable"),
        ("cifar10", missing, "itself"),
        ("a b", missing, "letters"),
    ],
)
def test_a_wrong_data_set_is_refused_in_a_sentence(name, factory, words):
    assert words in sentence(sx.register_dataset, name, factory)


# --- plugins

PLUGIN = """
import threading
from dataclasses import dataclass, replace
import sqexplain as sx
from sqexplain import registry
from sqexplain.methods import Method

@sx.register_method
@dataclass(frozen=True)
class Flat(Method):
    name, title, summary = "flat", "Flat", "Mean of all channels."
    def __call__(self, trace):
        return trace.post_gate.mean(1)

def add():
    print("loaded")
    sx.register_model(replace(sx.MODELS["scenes-resnet"], name="plug-net", title="Plugged"))
    sx.register_dataset("plug-data", lambda split, root: sx.open_dataset("scenes", split))

def wait():
    registry.PATIENCE = 0.1
    looking = threading.Thread(target=list, args=[sx.METHODS])
    looking.start()
    looking.join()

def fail():
    raise RuntimeError("out of paper")

text = "no function"
"""
ENTRIES = "\n".join(
    ["[sqexplain.plugins]", "bad = plug:fail", "good = plug:add", "missing = nowhere", "odd = plug:text"]
    + ["module = plug", "wait = plug:wait"]
)


@pytest.fixture
def plugged(tmp_path):
    """Return a function that runs Python or a command of ours where plugins are installed."""
    (tmp_path / "plug.py").write_text(PLUGIN)
    record = tmp_path / "plug-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: plug\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text(ENTRIES)

    def start(code=None, words=()):
        command = [sys.executable, "-c", textwrap.dedent(code)] if code else [sys.executable, "-m", "sqexplain", *words]
        paths = {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
        environment = os.environ | paths | {"SQEXPLAIN_HOME": str(tmp_path / "home"), "COLUMNS": "200"}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)

    return start


def test_plugins_are_loaded_once_before_the_first_look_that_may_need_them(plugged):
    done = plugged("""
        import sys, threading, sqexplain as sx
        sx.MODELS["cifar10-resnet"], sx.METHODS["se"]
        assert "plug" not in sys.modules
        found = []
        threads = [threading.Thread(target=lambda: found.append("plug-net" in sx.MODELS)) for _ in range(4)]
        [one.start() for one in threads], [one.join() for one in threads]
        assert found == [True] * 4
        assert {"flat"} <= set(sx.METHODS) and "plug-data" in sx.DATASETS
        assert sx.MODELS.origin("plug-net") == "plugin good", sx.MODELS.origin("plug-net")
        print(len(sx.open_dataset("plug-data")))
        """)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("loaded\n") == 1
    for name, why in (("bad", "out of paper"), ("missing", "nowhere"), ("odd", "neither")):
        assert done.stderr.count(f"the plugin {name!r} cannot be loaded") == 1
        assert why in done.stderr


def test_the_commands_list_what_plugins_bring_and_note_those_that_fail(plugged):
    done = plugged(words=("models", "--json"))
    rows = {row["name"]: row["from"] for row in json.loads(done.stdout)}
    assert rows["plug-net"] == "plugin good"
    notes = [line for line in done.stderr.splitlines() if line.startswith("note: the plugin")]
    assert len(notes) == 3
    assert "flat" in plugged(words=("methods",)).stdout
    assert "plug-data" in plugged(words=("datasets",)).stdout
    assert "loaded" not in plugged(words=("--help",)).stderr
    done = plugged(words=("train", "plug-net", "--name", "x/y"))
    assert done.returncode == 2


def test_what_a_plugin_brings_is_explained_on_a_page(plugged):
    done = plugged(f"""
        import sys
        sys.path.insert(0, {str(ROOT / "tests")!r})
        from conftest import open_page
        import os, sqexplain as sx
        os.environ["SQEXPLAIN_HOME"] = {str(ROOT / "nowhere")!r}
        app = open_page("explain", model="scenes-resnet", methods="se,flat", data="plug-data")
        print(app.selectbox(key="w_data").value, "flat" in app.session_state["methods"], len(app.error))
        print("Plugged" in app.selectbox(key="w_model").options)
        """)
    assert done.stdout.splitlines()[-2:] == ["plug-data True 0", "True"], done.stderr
