"""Packages that come with an extra: imported on use, and where they are missing a sentence says how to get them."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

EXTRAS = {
    "app": ("streamlit", "plotly"),
    "video": ("av", "librosa"),
}


class MissingExtraError(ImportError, ValueError):
    """A package is not installed that some part of the library needs; it is input to mend, not a fault of ours."""


def load(name: str) -> ModuleType:
    """Import a module of a package that comes with an extra.

    Raises:
        MissingExtraError: the package is not installed; the message names the extra that brings it.
    """
    package = name.partition(".")[0]
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != package:  # the package is there, and something that it needs is not
            raise
        raise MissingExtraError(_missing(package), name=package) from None


def require(extra: str) -> None:
    """Check that the packages of an extra are installed, without importing them.

    Raises:
        MissingExtraError: one is not.
    """
    for package in EXTRAS[extra]:
        if find_spec(package) is None:
            raise MissingExtraError(_missing(package), name=package)


class Optional:
    """A package that is imported when something of it is first used."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> object:
        return getattr(load(self._package), name)


def _missing(package: str) -> str:
    extra = next(extra for extra, packages in EXTRAS.items() if package in packages)
    return f'{package!r} is not installed; it comes with the extra {extra!r}: pip install "sqexplain[{extra}]"'
