"""Folders as CelebA comes in, with forty pictures of one grey each."""

from pathlib import Path

import numpy as np

from sqexplain.classes import CELEBA
from sqexplain.media import encode_png

COUNT = 40
PARTS = [0] * 24 + [1] * 8 + [2] * 8


def labels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 2, (COUNT, 40))


def write_pictures(folder: Path, size: tuple[int, int] = (109, 89)) -> list[str]:
    folder.mkdir(parents=True)
    names = [f"{number:06d}.png" for number in range(1, COUNT + 1)]
    for number, name in enumerate(names):
        (folder / name).write_bytes(encode_png(np.full((*size, 3), 5 * number, np.uint8)))
    return names


def official(root: Path, end: str = "txt") -> Path:
    """Write the layout of the authors and of torchvision, or with `end` "csv" that of its copies."""
    names = write_pictures(root / "celeba" / "img_align_celeba")
    signs = np.where(labels() > 0, 1, -1)
    if end == "txt":
        rows = [f"{name}  {' '.join(f'{one:2d}' for one in row)}" for name, row in zip(names, signs, strict=True)]
        table = [str(COUNT), " ".join(CELEBA), *rows]
        parts = [f"{name} {part}" for name, part in zip(names, PARTS, strict=True)]
    else:
        rows = [f"{name},{','.join(map(str, row))}" for name, row in zip(names, signs, strict=True)]
        table = [",".join(["image_id", *CELEBA]), *rows]
        parts = ["image_id,partition", *(f"{name},{part}" for name, part in zip(names, PARTS, strict=True))]
    (root / "celeba" / f"list_attr_celeba.{end}").write_text("\n".join(table) + "\n")
    (root / "celeba" / f"list_eval_partition.{end}").write_text("\n".join(parts) + "\n")
    return root


def part_of(root: Path, attributes=CELEBA) -> Path:
    """Write the layout of a part of the set."""
    names = write_pictures(root / "images")
    order = [CELEBA.index(name) for name in attributes if name in CELEBA]
    rows = [f"{name},{','.join(map(str, row))}" for name, row in zip(names, labels()[:, order], strict=True)]
    (root / "attributes.csv").write_text("\n".join([",".join(["image_id", *attributes]), *rows]) + "\n")
    return root
