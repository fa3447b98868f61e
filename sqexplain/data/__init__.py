"""Data sets by name: each is a sequence of samples with the names of its classes."""

from collections.abc import Callable
from pathlib import Path

from sqexplain.data.celeba import Celeba
from sqexplain.data.cifar import Cifar10, Cifar100
from sqexplain.data.download import download as download_archive
from sqexplain.data.files import Files
from sqexplain.data.photographs import Photographs
from sqexplain.data.speakers import Ava, Wasd
from sqexplain.locations import data_folder
from sqexplain.registry import listing, pick
from sqexplain.sample import Dataset
from sqexplain.synthetic.drawn_faces import DrawnFaces
from sqexplain.synthetic.scenes import Scenes
from sqexplain.synthetic.talkers import Talkers

__all__ = ["DATASETS", "DOWNLOADABLE", "Dataset", "fetch_missing", "open_dataset"]

DATASETS: dict[str, Callable[..., Dataset]] = {
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
DOWNLOADABLE: dict[str, type[Cifar10] | type[Cifar100] | type[Celeba]] = {
    "cifar10": Cifar10,
    "cifar100": Cifar100,
    "celeba": Celeba,
}


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
    return chosen(split=split, root=root)


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
