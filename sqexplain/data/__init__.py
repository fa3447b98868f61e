"""Data sets by name: each is a sequence of samples with the names of its classes."""

from collections.abc import Callable
from inspect import signature
from pathlib import Path

from sqexplain.data.celeba import Celeba
from sqexplain.data.cifar import Cifar10, Cifar100
from sqexplain.data.download import download as download_archive
from sqexplain.data.files import Files
from sqexplain.data.guarded import Guarded
from sqexplain.data.photographs import Photographs
from sqexplain.data.speakers import Ava, Wasd
from sqexplain.locations import data_folder
from sqexplain.registry import Registry, listing, pick
from sqexplain.sample import Dataset
from sqexplain.synthetic.drawn_faces import DrawnFaces
from sqexplain.synthetic.scenes import Scenes
from sqexplain.synthetic.talkers import Talkers

__all__ = ["DATASETS", "DOWNLOADABLE", "Dataset", "fetch_missing", "open_dataset", "register_dataset"]

SHIPPED: dict[str, Callable[..., Dataset]] = {
    "cifar10": Cifar10,
    "cifar100": Cifar100,
    "scenes": Scenes,
    "talkers": Talkers,
    "celeba": Celeba,
    "drawn-faces": DrawnFaces,
    "photographs": Photographs,
    "files": Files,
    "ava": Ava,
    "wasd": Wasd,
}
DATASETS: Registry[Callable[..., Dataset]] = Registry("data set", SHIPPED)
# What every data set has, see `sample.Dataset`.
PROTOCOL = ("name", "classes", "task", "licence", "source", "__len__", "__getitem__", "batches")
DOWNLOADABLE: dict[str, type[Cifar10] | type[Cifar100] | type[Celeba]] = {
    "cifar10": Cifar10,
    "cifar100": Cifar100,
    "celeba": Celeba,
}


def register_dataset(name: str, factory: Callable[..., Dataset]) -> Callable[..., Dataset]:
    """Make a data set of your own known by its name, to `open_dataset`, the command line and the pages.

    A cell of a notebook that is run again replaces what it registered.

    Args:
        name: letters, digits, "-", "_" and ".".
        factory: called as `factory(split=..., root=...)` whenever the set is opened, such as a class; `root` is None
            where the user gives no folder. It returns a `Dataset`, for which `sqexplain.sample.PictureDataset` is a
            start, and raises ValueError where there is no such split or the data are not there. Its docstring is what
            `datasets` says of it.

    Raises:
        TypeError: `factory` cannot be called so.
        ValueError: the name is taken, or has other characters.
    """
    try:
        signature(factory).bind(split="test", root=None)
    except (TypeError, ValueError):
        raise TypeError(f"the factory of data set {name!r} must be callable as factory(split=..., root=...)") from None
    DATASETS.register(name, factory)
    return factory


def open_dataset(name: str, split: str = "test", root: str | Path | None = None, download: bool = False) -> Dataset:
    """Return a data set of `DATASETS`.

    Args:
        name: a key of `DATASETS`.
        split: "train" or "test", for `scenes`, `talkers`, `celeba` and `drawn-faces` "validation" too, for `ava` and
            `wasd` "val"; `photographs` have "test" alone.
        root: folder of the data, for the sets that are not part of the package; without it that of
            `locations.data_folder(name)`: `data/<name>` in `SQEXPLAIN_HOME` where that is set, else
            `~/.cache/sqexplain/<name>`.
        download: fetch `cifar10`, `cifar100` or `celeba` first where they are missing (`download.download` shows the
            progress).

    Raises:
        ValueError: name or split is unknown, or the data are not where they are looked for.
    """
    chosen = pick(DATASETS, name, "data set")
    if download:
        fetch_missing(name, root)
    return _open_registered(name, chosen, split, root) if DATASETS.added(name) else chosen(split=split, root=root)


def _open_registered(name: str, factory: Callable[..., Dataset], split: str, root: str | Path | None) -> Dataset:
    """Return what a factory from outside makes; whatever it raises, and whatever else it returns, is a sentence."""
    try:
        found = factory(split=split, root=root)
    except ValueError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())
        raise ValueError(f"the data set {name!r} cannot be opened ({type(error).__name__}: {said})") from error
    if not isinstance(found, Dataset):
        needed = [word for word in PROTOCOL if not hasattr(found, word)]
        raise ValueError(f"the data set {name!r} is no sqexplain data set: it lacks {listing(needed)}")
    return Guarded(name, found)


def fetch_missing(name: str, root: str | Path | None) -> None:
    """Download a set unless its folder is there.

    Raises:
        ValueError: the set cannot be downloaded, or the download fails.
    """
    if name not in DOWNLOADABLE:
        raise ValueError(f"{name!r} is not downloaded; download=True is for {listing(DOWNLOADABLE)}")
    dataset = DOWNLOADABLE[name]
    if not (data_folder(name, root) / dataset.folder).is_dir():
        for _ in download_archive(dataset, root):
            pass
