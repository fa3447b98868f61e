"""docs/architecture.md against the code: the tree, its levels, the two walks."""

import re
import sys
from pathlib import Path

import pytest
from conftest import make_sample
from documentation import DOCS, ROOT, blocks, rows
from test_imports import LEVELS, LIBRARY

from sqexplain import explain, load_model

PAGE = DOCS / "architecture.md"
(TREE,) = blocks(PAGE, "text")
STEPS = rows(PAGE, r"`([\w/]+\.(?:py|js))` \| `([\w.]+)` \| .*")


def test_the_tree_holds_every_module_with_its_level():
    told = re.findall(r"^  (\d) (\w+)(?:/|\.py)  +\S", TREE, re.MULTILINE)
    assert {name: int(level) for level, name in told} == LEVELS


def test_the_tree_holds_every_folder():
    found = {path.parent.name for path in LIBRARY.rglob("__init__.py")} - {LIBRARY.name}
    assert set(re.findall(r"(\w+)/", TREE)) == found | {LIBRARY.name}


@pytest.mark.parametrize(("path", "name"), STEPS, ids=lambda value: value.rpartition("/")[2])
def test_a_step_of_a_walk_is_in_its_file(path, name):
    last = name.rpartition(".")[2]
    made = r"^\s*(?:def|class) {0}\b" if path.endswith(".py") else r"^\s*(?:export )?(?:async )?(?:function )?{0}\("
    used = rf"\b{last}\(" if path.startswith("pages/") else made.format(last)
    assert re.search(used, (ROOT / path).read_text("utf-8"), re.MULTILINE)


def test_the_walk_of_gradcam_is_in_the_order_of_the_calls():
    told = [(path, name) for path, name in STEPS if path.startswith("sqexplain/") and path.endswith(".py")]
    told = told[: told.index(("sqexplain/explanation/result.py", "Explanation"))]
    classifier, sample = load_model("cifar10-resnet"), make_sample()
    calls: list[tuple[str, str]] = []

    def watch(frame, event, _):
        if event == "call":
            calls.append((frame.f_code.co_filename, frame.f_code.co_qualname))

    sys.setprofile(watch)
    try:
        explain(classifier, sample, methods=("gradcam",))
    finally:
        sys.setprofile(None)
    places = [calls.index((str(ROOT / Path(path)), name)) for path, name in told]
    assert places == sorted(places)
