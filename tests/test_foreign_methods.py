"""A registered method that fails, or returns something else than maps, is one sentence that names it."""

from dataclasses import dataclass

import pytest
from conftest import make_classifier, make_sample, open_page
from typer.testing import CliRunner

import sqexplain as sx
from sqexplain import cli
from sqexplain.media import encode_png
from sqexplain.methods import METHODS, Method


def register(formula, channels=None) -> None:
    """Register a method "foreign" with this formula."""

    @sx.register_method
    @dataclass(frozen=True)
    class Foreign(Method):
        name, title, summary = "foreign", "Foreign", "What somebody else wrote."

        def __call__(self, trace):
            return formula(trace)

        def channels(self, trace):
            return None if channels is None else channels(trace)


@pytest.fixture(autouse=True)
def _forgotten():
    yield
    if "foreign" in METHODS:
        del METHODS["foreign"]


def fails(trace):  # noqa: ARG001
    raise KeyError("no such channel")


def average(trace):
    return trace.post_gate.mean(1)


def leaves(trace):  # noqa: ARG001
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("formula", "channels", "fault"),
    [
        (fails, None, "the method 'foreign', which is not one of sqexplain's own, fails: KeyError: 'no such channel'"),
        (lambda trace: trace.post_gate, None, r"maps .* must be \(1, h, w\) of floats, not \(1, 12, 4, 4\)"),
        (lambda trace: trace.post_gate.mean(1).numpy(), None, "must be .* not ndarray"),
        (lambda trace: trace.post_gate.mean(1) > 0, None, "of floats, not .* of torch.bool"),
        (
            lambda trace: trace.post_gate.mean(1),
            lambda trace: trace.post_gate.mean((0, 2, 3))[:3],
            r"must be \(1, 12\) of bools, or None, not \(3,\)",
        ),
    ],
)
def test_what_is_wrong_with_it_is_said(formula, channels, fault):
    register(formula, channels)
    with pytest.raises(ValueError, match=fault):
        sx.explain(make_classifier(), make_sample(), methods=("se", "foreign"))


def test_the_cause_is_kept_for_its_author():
    register(fails)
    with pytest.raises(ValueError, match="fails") as caught:
        sx.explain(make_classifier(), make_sample(), methods=("foreign",))
    assert isinstance(caught.value.__cause__, KeyError)


def test_on_the_command_line_it_is_an_error_with_code_2(tmp_path):
    register(fails)
    picture = tmp_path / "cat.png"
    picture.write_bytes(encode_png(sx.open_dataset("photographs")[0].frames[0]))
    words = ["explain", str(picture), "--model", "cifar10-resnet", "--method", "foreign", "--out", str(tmp_path / "o")]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 2
    assert "fails: KeyError" in done.stderr


def test_maps_of_half_precision_are_taken():
    register(lambda trace: trace.post_gate.mean(1).bfloat16())
    found = sx.explain(make_classifier(), make_sample(), methods=("foreign",))[0]
    assert found.raw.dtype == "float32"


@pytest.mark.parametrize("question", ["order", "weights", "offset", "caveats"])
def test_whatever_else_it_is_asked_for_is_checked(question, monkeypatch):
    register(average)
    monkeypatch.setattr(METHODS["foreign"], question, lambda self, trace: 5)  # noqa: ARG005
    passed = sx.read(make_classifier(), make_sample())
    given = ("foreign",) if question == "caveats" else "foreign"
    answer = passed.explain if question == "caveats" else getattr(passed, question)
    with pytest.raises(ValueError, match=f"the {question} of method 'foreign' must be .*, not int"):
        answer(given)


def test_on_a_page_it_is_a_sentence():
    register(fails)
    app = open_page("explain", methods="se,foreign")
    assert any("fails: KeyError" in one.value for one in app.error)
