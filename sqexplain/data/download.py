"""Fetching CIFAR and CelebA for the one who asks for it; nothing else in the package opens a connection for data."""

import hashlib
import tarfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from sqexplain.data.celeba import Celeba
from sqexplain.data.cifar import Cifar
from sqexplain.locations import data_folder

CHUNK = 1 << 20


def download(dataset: type[Cifar] | type[Celeba], root: str | Path | None = None) -> Iterator[float]:
    """Fetch a data set that its users have to ask for; yield the share done.

    Raises:
        ValueError: the server cannot be reached, or what it sent has another checksum; nothing is left behind.
    """
    return download_cifar(dataset, root) if issubclass(dataset, Cifar) else download_celeba(root)


def download_cifar(dataset: type[Cifar], root: str | Path | None = None) -> Iterator[float]:
    """Fetch the official archive of `Cifar10` or `Cifar100`, compare its checksum, unpack it; yield the share done.

    The archive holds pickles: it is unpacked only with the checksum that torchvision states, and its files are loaded
    only after torchvision has compared theirs. Address and checksum are torchvision's.

    Raises:
        ValueError: the server cannot be reached, or what it sent has another checksum; nothing is left behind.
    """
    from torchvision import datasets  # on use only: the data sets need neither torch nor torchvision

    official = getattr(datasets, dataset.official)
    folder = data_folder(dataset.name, root)
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{official.filename}.part"
    try:
        yield from fetch(official.url, archive)
        found = hashlib.md5(archive.read_bytes(), usedforsecurity=False).hexdigest()
        if found != official.tgz_md5:
            raise ValueError(f"{official.url} sent a file with md5 {found}, not {official.tgz_md5}; try again later")
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
    finally:
        archive.unlink(missing_ok=True)


def download_celeba(root: str | Path | None = None) -> Iterator[float]:
    """Fetch CelebA (1.4 GB) as torchvision does, from where its authors keep it; yield 0.0, then 1.0.

    Raises:
        ValueError: the package gdown is missing, or the server cannot be reached or has had too many visitors today.
    """
    from torchvision import datasets

    folder = data_folder(Celeba.name, root)
    folder.mkdir(parents=True, exist_ok=True)
    yield 0.0
    try:
        datasets.CelebA(str(folder), split="all", download=True)
    except (RuntimeError, OSError, ImportError, ValueError) as error:
        raise ValueError(
            f"CelebA cannot be downloaded ({' '.join(str(error).split())[:200]}). torchvision needs the package gdown "
            f"for it and the server allows few visitors a day; get the set from {Celeba.source} and give 'root'"
        ) from None
    yield 1.0


def fetch(url: str, target: Path) -> Iterator[float]:
    """Write the answer of `url` to `target`; yield the share of bytes that has come, 1.0 at the end.

    Raises:
        ValueError: the server cannot be reached, or the answer stops half-way.
    """
    try:
        with urllib.request.urlopen(url, timeout=30) as answer, target.open("wb") as file:
            size, done = int(answer.headers.get("Content-Length") or 0), 0
            while chunk := answer.read(CHUNK):
                done += file.write(chunk)
                yield min(done / size, 1.0) if size else 0.0
    except OSError as error:  # URLError and time-outs are such
        raise ValueError(f"cannot download {url} ({error}); check the connection, or give a 'root' on disk") from None
    yield 1.0
