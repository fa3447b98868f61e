"""A person's own pictures: a folder of class folders, or simply a folder of pictures."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from sqexplain import media
from sqexplain.sample import PictureDataset, Sample, display_name


class Files(PictureDataset):
    """The pictures of `root/<class>/`, or of `root` itself, in the order of their names.

    Every file is decoded once at the start, so that a bad one is left out, with its reason in `skipped`, and does not
    stop the others later. Folders within class folders, hidden files and files that are named like no picture do not
    count.

    Args:
        split: a folder of this name in `root` is taken where there is one; otherwise it has no effect.
        root: the folder.

    Raises:
        ValueError: there is no such folder, or no picture in it that can be read.
    """

    name = "files"
    licence = "as the owner of the files says"
    source = "a folder of pictures"

    def __init__(self, split: str = "test", root: str | Path | None = None):
        if root is None:
            raise ValueError("data set 'files' needs 'root', a folder of class folders or of pictures")
        root = Path(root)
        if not root.is_dir():
            raise ValueError(f"'{root}' is no folder; give a folder of class folders or of pictures as 'root'")
        self.root = root / split if (root / split).is_dir() else root
        candidates = pictures(self.root) or [
            path for folder in sorted(self.root.iterdir()) if folder.is_dir() for path in pictures(folder)
        ]
        with ThreadPoolExecutor() as pool:
            troubles = list(pool.map(trouble, candidates))
        self.skipped = {path: why for path, why in zip(candidates, troubles, strict=True) if why}
        self._files = [path for path, why in zip(candidates, troubles, strict=True) if not why]
        if not self._files:
            reasons = "; ".join(list(self.skipped.values())[:3]) or f"it holds none of {media.ALLOWED}"
            raise ValueError(f"no picture in '{self.root}' can be read: {reasons}")
        self.classes = tuple(sorted({path.parent.name for path in self._files if path.parent != self.root}))

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> Sample:
        path = self._files[index]
        picture = media.decode_image(media.read_bytes(path), display_name(path.name))  # (H, W, 3)
        if path.parent == self.root:
            return Sample(display_name(path.stem), picture[None])  # (1, H, W, 3)
        label = self.classes.index(path.parent.name)
        name = f"{display_name(path.parent.name)}/{display_name(path.stem)}"
        return Sample(name, picture[None], labels=np.array([label]))  # (1, H, W, 3)

    def credit(self, index: int) -> str:
        """Return the file of the picture."""
        return str(self._files[index])


def pictures(folder: Path) -> list[Path]:
    """Return the files of `folder` that are named like pictures, sorted."""
    found = (path for path in folder.iterdir() if path.suffix.lower() in media.SUFFIXES and path.is_file())
    return sorted(path for path in found if not path.name.startswith("."))


def trouble(path: Path) -> str:
    """Return why the picture cannot be read, "" for a good one."""
    try:
        media.decode_image(media.read_bytes(path), display_name(path.name))
    except ValueError as error:
        return str(error)
    return ""
