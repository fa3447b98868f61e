"""A fresh server: the frame of a page needs nothing large, and the first picture nothing that it does not show.

How long both take is measured by start_time.py.
"""

import ast
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sqexplain.ui import loading, memory
from sqexplain.ui.layout import existing

ROOT = Path(__file__).parents[1]
LARGE = ("torch", "numpy.linalg", "pandas", "scipy", "cv2", "av", "matplotlib", "PIL", "sklearn", "torchvision")
NEEDLESS = ("torchvision", "torch._dynamo", "sympy", "sklearn", "skimage", "pandas", "matplotlib", "librosa")
SPOKEN = ("scipy.signal", "scipy.stats")  # drawn voices take filters
TABLES = ("pandas",)  # Streamlit draws tables with it
OPENED = """
import json, sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=300)
if sys.argv[1] != "app.py":
    app.switch_page(sys.argv[1])
app.run()
assert not app.exception
print(json.dumps(sorted(sys.modules)))
"""
WITHOUT = """
import sys
from streamlit.testing.v1 import AppTest
package = sys.argv[1]
sys.modules[package] = None
app = AppTest.from_file("app.py", default_timeout=300).run()
assert not app.exception
[error] = app.error
assert not app.caption
print(error.value)
del sys.modules[package]
app.run()
assert not app.exception
assert not app.error
assert app.caption
"""


def modules_after(code: str, *arguments: str) -> set[str]:
    """Return the modules of a fresh process that ran some code, whose last line prints them."""
    run = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_the_frame_is_drawn_without_the_library():
    found = modules_after("import json, sys, sqexplain.ui.layout; print(json.dumps(sorted(sys.modules)))")
    bare = modules_after("import json, sys, streamlit; print(json.dumps(sorted(sys.modules)))")
    assert not (found - bare) & set(LARGE)
    assert {name for name in found - bare if name.startswith("sqexplain")} == {
        "sqexplain",
        "sqexplain.locations",
        "sqexplain.progress",
        "sqexplain.ui",
        "sqexplain.ui.layout",
        "sqexplain.ui.loading",
        "sqexplain.ui.memory",
    }


@pytest.mark.parametrize("page", existing(), ids=lambda page: page.name)
def test_a_page_draws_its_frame_before_it_imports_anything_else(page):
    document, first, second, *_ = ast.parse((ROOT / page.script).read_text("utf-8")).body
    assert isinstance(document, ast.Expr)
    assert ast.unparse(first) == "from sqexplain.ui.layout import frame"
    assert ast.unparse(second) == f"frame({page.name!r})"


@pytest.mark.parametrize("page", existing(), ids=lambda page: page.name)
def test_the_first_picture_takes_nothing_needless(page):
    found = modules_after(OPENED, page.script)
    assert not found & set(NEEDLESS) - set(TABLES)
    if page.name != "Paper":
        assert not found & set(TABLES)
    if page.name not in ("Clips", "Paper"):
        assert not found & set(SPOKEN)


def test_of_several_visitors_one_imports_the_library_and_all_see_it(monkeypatch):
    imported, open_now = [], threading.Event()
    monkeypatch.setattr(loading, "_loaded", threading.Event())
    monkeypatch.setattr(loading, "_import", lambda: imported.append(open_now.wait(10)))
    visitors = [threading.Thread(target=loading.load) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    open_now.set()
    for visitor in visitors:
        visitor.join(20)
    assert imported == [True]
    assert not any(visitor.is_alive() for visitor in visitors)
    loading.load()
    assert imported == [True]


@pytest.mark.parametrize("package", ["torch", "cv2", "plotly"])
def test_a_package_that_cannot_be_loaded_is_a_sentence_until_it_can(package):
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT, package], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 0, run.stderr
    [line] = run.stdout.splitlines()
    assert line.startswith(f"The app cannot start because the package `{package}` cannot be loaded")
    assert "pip install -r requirements.txt" in line
    assert 'pip install "sqexplain[app]"' in line


def test_a_library_that_a_package_misses_is_a_sentence_and_a_fault_of_ours_is_not_hidden(monkeypatch):
    monkeypatch.setattr(loading, "_loaded", threading.Event())
    raised = [OSError("libGL.so.1: no such file"), ImportError("no name", name="sqexplain.models")]

    def fail():
        raise raised.pop(0)

    monkeypatch.setattr(loading, "_import", fail)
    assert "because a package cannot be loaded (`libGL.so.1: no such file`)" in loading._try()
    with pytest.raises(ImportError, match="no name"):
        loading._try()
    assert not loading._loaded.is_set()


def test_a_second_run_of_a_page_waits_for_nothing():
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.run()
    assert loading._loaded.is_set()


@pytest.mark.parametrize("chosen", [None, "ACTIVE"])
def test_threads_that_wait_sleep_unless_somebody_chose_otherwise(monkeypatch, chosen):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    if chosen:
        monkeypatch.setenv("OMP_WAIT_POLICY", chosen)
    loading._import()
    assert os.environ.pop("OMP_WAIT_POLICY") == (chosen or "PASSIVE")


def test_freed_memory_is_given_back_where_the_c_library_can(monkeypatch):
    memory.give_back()
    monkeypatch.setattr(memory.sys, "platform", "win32")
    monkeypatch.setattr(memory.ctypes, "CDLL", None)  # is not asked for there
    memory.give_back()
