"""The import rules of the library, checked file by file."""

import ast
import importlib.metadata
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "sqexplain"

# A module imports only from strictly lower levels; its own package is free.
LEVELS = {
    module: level
    for level, modules in enumerate(
        [
            ["registry", "progress", "extras", "locations"],
            ["classes", "media", "metrics"],
            ["tasks", "drawing", "gates"],
            ["sample", "recording"],
            ["faces", "classifier", "synthetic", "methods"],
            ["features", "data", "explanation", "models"],
            ["learning", "evaluation"],
            ["prepared"],
            ["publishing", "figures"],
            ["cli", "ui"],
        ]
    )
    for module in modules
}
# A package in this table may be imported by the named modules alone.
ONLY = {
    "streamlit": {"ui"},
    "plotly": {"ui"},
    "typer": {"cli"},
    "rich": {"cli"},
    "PIL": {"media"},
    "av": {"media"},
    "matplotlib": {"drawing"},
}
# What a page must not touch: it gets arrays from the library and shows them.
HEAVY = {"torch", "torchvision", "PIL", "av", "matplotlib"}
PAGES = [path for path in [ROOT / "app.py", *sorted(ROOT.glob("pages/*.py"))] if path.exists()]
TOP_LEVEL = {
    *("app.py", "pages", "sqexplain", "assets", "tests", "requirements.txt", "README.md"),
    *("pyproject.toml", "Makefile", ".streamlit", ".ci", "LICENSE", ".gitignore"),
    *("docs", "mkdocs.yml", "CONTRIBUTING.md", "CHANGELOG.md", "Dockerfile", ".dockerignore", ".devcontainer"),
}


def imported(source: str, package: tuple[str, ...]):
    """Yield the absolute dotted name of everything that `source`, a file of `package`, imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            yield from (".".join([*base, *filter(None, [node.module]), alias.name]) for alias in node.names)


def breaches(source: str, parts: tuple[str, ...]) -> list[str]:
    """List the rules that `source`, the file `sqexplain/<parts>`, breaks."""
    here = parts[0].removesuffix(".py")
    found = []
    for name in imported(source, ("sqexplain", *parts[:-1])):
        top, module = [*name.split("."), ""][:2]
        if here not in ONLY.get(top, {here}):
            found.append(f"{here} imports {name}")
        if here == "ui" and top in HEAVY:
            found.append(f"ui imports {name}")
        if top != "sqexplain" or module in (here, ""):
            continue
        if here.startswith("__"):  # the package itself and `python -m` may name anything but the pages' part
            found += [f"{here} imports {name}"] if module == "ui" else []
        elif module in LEVELS and LEVELS[module] >= LEVELS[here]:
            found.append(f"{here} (level {LEVELS[here]}) imports {name} (level {LEVELS[module]})")
    return found


@pytest.mark.parametrize("path", sorted(LIBRARY.rglob("*.py")), ids=lambda path: str(path.relative_to(LIBRARY)))
def test_a_module_imports_only_what_its_level_allows(path):
    parts = path.relative_to(LIBRARY).parts
    here = parts[0].removesuffix(".py")
    assert here in LEVELS or here in ("__init__", "__main__"), f"give the new module {here!r} a level"
    assert breaches(path.read_text("utf-8"), parts) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_holds_no_engine(path):
    names = {name.split(".")[0] for name in imported(path.read_text("utf-8"), ())}
    assert not names & HEAVY


def circle(sources: dict[tuple[str, ...], str]) -> list[str]:
    """Return modules that import each other in a circle, [] where there is none; `sources` are files by their parts.

    Imports for type hints and inside functions count. The package itself is left out: it imports when a name is used.
    """
    names = {parts: ".".join(("sqexplain", *parts)).removesuffix(".py").removesuffix(".__init__") for parts in sources}
    modules = set(names.values()) - {"sqexplain"}
    graph = {}
    for parts, source in sources.items():
        wanted = imported(source, ("sqexplain", *parts[:-1]))
        homes = {name if name in modules else name.rpartition(".")[0] for name in wanted}
        graph[names[parts]] = homes & modules - {names[parts]}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return error.args[1]
    return []


def test_no_modules_import_each_other_in_a_circle():
    sources = {path.relative_to(LIBRARY).parts: path.read_text("utf-8") for path in LIBRARY.rglob("*.py")}
    assert circle(sources) == []


@pytest.mark.parametrize(
    "line",
    [
        "from sqexplain.explanation.saving import save",
        "from ..explanation import saving",
        "def film():\n    from .saving import save",
        "if TYPE_CHECKING:\n    from sqexplain.explanation.saving import save",
    ],
)
def test_a_planted_circle_inside_a_package_is_found(line):
    sources = {
        ("explanation", "__init__.py"): "from sqexplain.explanation.saving import save",
        ("explanation", "saving.py"): "from sqexplain.explanation import video\nfrom sqexplain.media import encode_png",
        ("explanation", "video.py"): line,
        ("media", "__init__.py"): "",
    }
    assert set(circle(sources)) == {"sqexplain.explanation.saving", "sqexplain.explanation.video"}
    assert circle(sources | {("explanation", "video.py"): ""}) == []


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (("gates", "blocks.py"), "from ..recording import Trace"),
        (("methods", "cam.py"), "from ..explanation import explain"),
        (("data", "cifar.py"), "from sqexplain.models import load_model"),
        (("drawing.py",), "import streamlit as st"),
        (("sample.py",), "from PIL import Image"),
        (("ui", "layout.py"), "import torch"),
        (("__init__.py",), "from .ui import layout"),
        (("models.py",), "def run():\n    from . import explanation"),
    ],
    ids=lambda value: value if isinstance(value, str) else "/".join(value),
)
def test_a_planted_breach_is_found(parts, line):
    assert len(breaches(line, parts)) == 1


def test_importing_the_library_loads_no_web_framework():
    code = "import sys, sqexplain; print(sorted({'streamlit', 'typer', 'matplotlib'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


def test_a_small_net_is_loaded_without_a_data_set_and_without_torchvision():
    needless = '("torchvision", "sqexplain.data", "sqexplain.synthetic", "sqexplain.faces")'
    code = (
        "import sys, sqexplain\n"
        "sqexplain.load_model('cifar10-resnet')\n"
        f"print([name for name in sys.modules if name.startswith({needless})])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


def test_the_top_level_holds_only_the_agreed_names():
    listing = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout, so the tracked files are unknown")
    assert {line.split("/")[0] for line in listing.stdout.splitlines()} <= TOP_LEVEL


def test_opencv_is_installed_headless_only():
    installed = {dist.metadata["Name"].lower() for dist in importlib.metadata.distributions()}
    assert "opencv-python-headless" in installed
    assert not installed & {"opencv-python", "opencv-contrib-python"}, "they write the same folder, cv2"
