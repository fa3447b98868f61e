"""What is installed: the lists of packages agree, a missing extra is named, and files lie where they belong."""

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sqexplain import extras, locations

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
GROUPS = {"core": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
APP = [
    Requirement(line)
    for group in ("core", "app", "video")
    for line in GROUPS[group]
    if not line.startswith("sqexplain")
]
PINNED = {
    canonicalize_name(one.name): one
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    if line.strip() and not line.startswith("#")
    for one in [Requirement(line)]
}


def without(packages: tuple[str, ...], code: str) -> subprocess.CompletedProcess:
    """Run code in a process that does not find some packages."""
    script = f"import sys; sys.modules.update(dict.fromkeys({packages!r}))\n{code}"
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("wanted", APP, ids=lambda one: one.name)
def test_requirements_name_every_package_of_the_app_within_its_range(wanted):
    pinned = PINNED[canonicalize_name(wanted.name)]
    assert metadata.version(wanted.name) in pinned.specifier
    assert metadata.version(wanted.name) in wanted.specifier
    assert {one.operator for one in pinned.specifier} & {"<", "=="}, "no upper end: the next major version may break it"


def test_requirements_name_no_other_package():
    assert set(PINNED) == {canonicalize_name(one.name) for one in APP}


def test_the_core_needs_neither_streamlit_nor_plotly_nor_pyav():
    names = {canonicalize_name(Requirement(line).name) for line in GROUPS["core"]}
    assert not names & {"streamlit", "plotly", "av", "librosa", "opencv-python"}


@pytest.mark.parametrize("extra", extras.EXTRAS)
def test_an_extra_of_the_project_brings_what_the_sentence_promises(extra):
    names = {Requirement(line).name for line in GROUPS[extra]}
    assert set(extras.EXTRAS[extra]) <= names


def test_a_picture_is_explained_without_any_extra():
    packages = tuple(name for names in extras.EXTRAS.values() for name in names)
    code = """
import sqexplain as sx
picture = sx.open_dataset("photographs")[0]
print(sx.explain(sx.load_model("cifar10-resnet", device="cpu"), picture, methods=("se", "gradcam"))[1].heatmap.shape)
clip = sx.open_dataset("talkers", "demo")
"""
    done = without(packages, code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "(300, 451)"


@pytest.mark.parametrize(
    ("package", "code", "extra"),
    [
        ("av", "from sqexplain.media import probe; probe(b'0000ftypisom' + bytes(64))", "video"),
        ("av", "import numpy as np; from sqexplain.media import write_video; "
               "write_video(None, [np.zeros((8, 8, 3), np.uint8)], 25)", "video"),
        ("librosa", "import numpy as np; from sqexplain.media import resample; resample(np.zeros(9), 8000)", "video"),
        ("streamlit", "from sqexplain.cli.serving import app; app()", "app"),
        ("plotly", "from sqexplain.cli.serving import app; app()", "app"),
    ],
)  # fmt: skip
def test_a_missing_package_is_one_sentence_that_names_its_extra(package, code, extra):
    done = without((package,), code)
    last = done.stderr.strip().splitlines()[-1]
    sentence = f'{package!r} is not installed; it comes with the extra {extra!r}: pip install "sqexplain[{extra}]"'
    assert last == f"sqexplain.extras.MissingExtraError: {sentence}"


def test_on_the_command_line_a_missing_extra_is_an_error_with_code_2():
    done = without(
        ("streamlit",), "import sys; sys.argv = ['sqexplain', 'app']; from sqexplain.cli import main; main()"
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: 'streamlit' is not installed; it comes with the extra 'app'")


def test_a_fault_inside_a_package_is_not_taken_for_its_absence(tmp_path, monkeypatch):
    (tmp_path / "av.py").write_text("import no_such_thing")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "av", raising=False)
    with pytest.raises(ModuleNotFoundError, match="no_such_thing"):
        extras.load("av")


def test_assets_and_pages_are_found_in_the_checkout():
    assert locations.ASSETS == ROOT / "assets"
    assert locations.APP == ROOT


def test_the_wheel_packs_assets_pages_and_settings():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    packed = wheel["force-include"]
    assert set(packed) == {"assets", "app.py", "pages", ".streamlit"}
    assert all((ROOT / source).exists() for source in packed)
    assert packed["assets"] == "sqexplain/assets"
    assert {packed[one].rpartition("/")[0] for one in ("app.py", "pages", ".streamlit")} == {"sqexplain/site"}
