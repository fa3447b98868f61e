"""Writes small folders in the layouts that CIFAR is kept in, for the tests that read them."""

import hashlib
import pickle
from pathlib import Path

import numpy as np
from torchvision import datasets as official

from sqexplain import media
from sqexplain.classes import CIFAR10


def tiles(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 32, 32, 3), np.uint8)


def write_folders(root: Path, classes=("airplane", "cat", "truck"), count=3) -> Path:
    for label, name in enumerate(classes):
        for number, tile in enumerate(tiles(label, count)):
            media.write_bytes(root / "test" / name / f"{number:04d}.png", media.encode_png(tile))
    return root


def write_sheets(root: Path, classes=("airplane", "cat", "truck"), rows=2, columns=3) -> Path:
    for label, name in enumerate(classes):
        grid = tiles(label, rows * columns).reshape(rows, columns, 32, 32, 3)
        sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in grid], axis=0)  # (64, 96, 3)
        media.write_bytes(root / "test" / f"{name}.png", media.encode_png(sheet))
    return root


def write_official(root: Path, monkeypatch) -> Path:
    """Write torchvision's files with two pictures of class 3 and one of class 0, and the checksums to match."""
    pictures = tiles(0, 3).transpose(0, 3, 1, 2).reshape(3, -1)
    contents = {
        "data_batch_1": {"data": pictures[:1], "labels": [9]},
        "test_batch": {"data": pictures, "labels": [3, 0, 3]},
        "batches.meta": {"label_names": list(CIFAR10)},
    }
    sums = {}
    for name, content in contents.items():
        data = pickle.dumps(content)
        media.write_bytes(root / "cifar-10-batches-py" / name, data)
        sums[name] = hashlib.md5(data).hexdigest()
    monkeypatch.setattr(official.CIFAR10, "train_list", [["data_batch_1", sums["data_batch_1"]]])
    monkeypatch.setattr(official.CIFAR10, "test_list", [["test_batch", sums["test_batch"]]])
    monkeypatch.setattr(
        official.CIFAR10, "meta", {"filename": "batches.meta", "key": "label_names", "md5": sums["batches.meta"]}
    )
    return root


def everything(dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return all pictures (N, H, W, 3) and labels of a data set whose pictures are alike."""
    pictures, labels = zip(*dataset.batches(), strict=True)
    return np.concatenate(pictures), np.concatenate(labels)
