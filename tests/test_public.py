import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sqexplain

SOURCE = Path(sqexplain.__file__)


@pytest.mark.parametrize("name", sqexplain.__all__)
def test_a_public_name_can_be_imported(name):
    assert getattr(sqexplain, name) is not None
    assert name in dir(sqexplain)


def test_what_editors_see_is_what_is_imported():
    seen = {}
    for node in ast.walk(ast.parse(SOURCE.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            seen[node.module] = tuple(alias.name for alias in node.names)
    assert seen == sqexplain._HOMES
    assert sorted(name for names in seen.values() for name in names) == sorted(sqexplain.__all__)


def test_the_docstring_names_every_module():
    found = [path for path in SOURCE.parent.iterdir() if path.is_dir() or path.suffix == ".py"]
    modules = {path.stem for path in found if path.stem[0] != "_"}
    told = {line.split()[0] for line in sqexplain.__doc__.splitlines() if line.startswith("    ") and line.strip()}
    assert modules <= told


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'explian'"):
        _ = sqexplain.explian


def test_importing_the_library_waits_for_no_heavy_package():
    code = "import sys, sqexplain; print([name for name in ('torch', 'numpy', 'cv2') if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=SOURCE.parents[1], check=True
    )
    assert run.stdout.strip() == "[]"
