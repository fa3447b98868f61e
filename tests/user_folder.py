"""A user's folder in which the commands have made a tiny model, for the tests that look into it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from halves import RECIPE, SPEC, Halves
from typer.testing import CliRunner

import sqexplain as sx
from sqexplain import cli
from sqexplain.learning import RECIPES
from sqexplain.ui import cache


def run(*words):
    """Run a command of ours."""
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def sentence(work, *args, **options) -> str:
    """Return the one sentence with which a call is refused."""
    with pytest.raises((ValueError, TypeError)) as caught:
        work(*args, **options)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@contextmanager
def tiny_known() -> Iterator[None]:
    """Make the tiny model and its data known for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sx.MODELS, "tiny", SPEC)
        patch.setitem(sx.DATASETS, "halves", lambda split, root: Halves(64, ("train", "test").index(split)))  # noqa: ARG005
        patch.setitem(RECIPES, "tiny", RECIPE)
        yield


def make_home(folder: Path) -> Path:
    """Train `my-net` and its class gates into the models of `folder` by the commands; return `folder`."""
    with tiny_known(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SQEXPLAIN_HOME", str(folder))
        for words in (("train", "tiny", "--name", "my-net"), ("retrofit", "my-net")):
            done = run(*words, "--epochs", 1)
            assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def tiny_halves():
    """The tiny model and its data are known."""
    with tiny_known():
        yield


@pytest.fixture(scope="session")
def made_home(tmp_path_factory):
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture
def home(made_home, tmp_path, monkeypatch):
    """The user's folder of models, with `my-net` in it."""
    shutil.copytree(made_home, tmp_path / "home")
    monkeypatch.setenv("SQEXPLAIN_HOME", str(tmp_path / "home"))
    cache.shipped.clear()
    yield tmp_path / "home" / "models"
    cache.shipped.clear()


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A user's folder of models that is not there yet."""
    monkeypatch.setenv("SQEXPLAIN_HOME", str(tmp_path / "none"))
    return tmp_path / "none" / "models"
