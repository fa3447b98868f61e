"""What each map costs: ratios to the bare pass by a clock that the test winds, the table, the drawing, bad input."""

import itertools

import pytest
import torch

from sqexplain.evaluation.speed import per_method
from sqexplain.figures.base import FigureSettings
from sqexplain.figures.cost import Cost, bars
from sqexplain.figures.table import Table
from sqexplain.methods import METHODS, SE
from sqexplain.progress import Progress


def test_a_ratio_is_the_median_over_the_turns():
    found = per_method.price("batch", SE(), [(1.0, 2.0), (2.0, 2.0), (1.0, 3.0)], "here")
    assert (found.ratio, found.low, found.high, found.seconds) == (2.0, 1.0, 3.0, 2.0)
    assert (found.what, found.method, found.control) == ("SE", "se:percent=10", False)


def test_every_method_runs_between_two_bare_passes(monkeypatch):
    order = []
    course = per_method.Course(
        lambda: order.append("bare"), [(SE(), lambda: order.append("a")), (SE(), lambda: order.append("b"))], "here"
    )
    ticks = itertools.count()
    monkeypatch.setattr(per_method.time, "perf_counter", lambda: float(next(ticks)))
    pairs = list(per_method.timed(course))
    assert len(pairs) == 3  # the bare pass itself, then both methods
    assert all(pair == (1.0, 1.0) for pair in pairs)
    assert order == ["bare"] * 3 + ["a", "bare", "b", "bare"]


def test_all_methods_of_an_input_are_priced():
    rows = [
        row for row in per_method.costs(1, 1, 64, 4, inputs=("one picture", "clip")) if not isinstance(row, Progress)
    ]
    pictures, clip = ([row for row in rows if row.input == name] for name in ("one picture", "clip"))
    assert {row.method.partition(":")[0] for row in clip} == {"", *METHODS}
    assert {row.method.partition(":")[0] for row in pictures} == {
        "", *(name for name, kind in METHODS.items() if not kind.peaked)
    }  # fmt: skip
    assert all(0 < row.low <= row.ratio <= row.high for row in rows)
    table = Table.of([{"input": row.input, "what": row.what, "control": "no", "ratio": row.ratio, "low": row.low,
                       "high": row.high, "setting": row.setting} for row in rows])  # fmt: skip
    assert bars(table.where(input="clip"))["SE"][0] == pytest.approx(clip[1].ratio, rel=1e-5)  # six digits of the file
    ((stem, data),) = Cost().draw(Table.parse(table.csv()), "pdf", FigureSettings())
    assert stem == "cost"
    assert data.startswith(b"%PDF")


def test_a_stop_leaves_no_hook_and_no_mode_behind(monkeypatch):
    net, plain, inputs = per_method.pictures.nets(1, 32)
    monkeypatch.setattr(per_method.pictures, "nets", lambda *_sizes: (net, plain, inputs))
    before, numbers = marks(net), torch.random.get_rng_state()
    steps = per_method.costs(1, 1, 32, inputs=("one picture",))
    assert next(step for step in steps if step.done == 8).of == 2 * (len(per_method.fitting("one picture")) + 1)
    steps.close()
    assert marks(net) == before
    assert torch.is_grad_enabled()
    assert torch.equal(torch.random.get_rng_state(), numbers)


def marks(net):
    return [(len(one._forward_hooks), len(one._backward_hooks), one.training) for one in net.modules()]


@pytest.mark.parametrize(
    ("given", "words"),
    [({"repeats": 0}, "'repeats' must be"), ({"size": 8}, "'size' must be"), ({"inputs": ("film",)}, "unknown input")],
)
def test_what_cannot_be_measured_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        next(per_method.costs(**given))
