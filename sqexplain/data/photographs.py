"""Real photographs for a first look, carried by scikit-image and scikit-learn: there is nothing to download."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from sqexplain import media
from sqexplain.registry import pick
from sqexplain.sample import PictureDataset, Sample


@dataclass(frozen=True)
class Source:
    """A picture file of an installed package, with what its documentation says of origin and licence."""

    package: str
    file: str
    credit: str


@dataclass(frozen=True)
class Photograph:
    """A whole picture, or the square of it in which one thing fills the view."""

    name: str
    label: str
    source: Source
    square: tuple[int, int, int] | None = None  # top, left and side in pixels of the whole


CAT = Source("skimage", "data/chelsea.png", "Stéfan van der Walt, CC0 (scikit-image)")
MOTORCYCLE = Source(
    "skimage", "data/motorcycle_left.png", "Middlebury stereo benchmark 2014, D. Scharstein et al. (scikit-image)"
)
ROCKET = Source("skimage", "data/rocket.jpg", "SpaceX, public domain (scikit-image)")
CUP = Source("skimage", "data/coffee.png", "Rachel Michetti, CC0 (scikit-image)")
ASTRONAUT = Source("skimage", "data/astronaut.png", "NASA, public domain (scikit-image)")
CAMERA = Source("skimage", "data/camera.png", "Lav Varshney, CC0 (scikit-image)")
FLOWER = Source("sklearn", "datasets/images/flower.jpg", "vultilion on Flickr, CC BY 2.0 (scikit-learn)")
PAGODA = Source("sklearn", "datasets/images/china.jpg", "danielbuechele on Flickr, CC BY 2.0 (scikit-learn)")

PHOTOGRAPHS = (
    Photograph("cat", "cat", CAT),
    Photograph("motorcycle", "motorcycle", MOTORCYCLE),
    Photograph("rocket", "rocket", ROCKET),
    Photograph("cup", "cup", CUP),
    Photograph("person", "person", ASTRONAUT),
    Photograph("flower", "flower", FLOWER),
    Photograph("motorcycle-front", "motorcycle", MOTORCYCLE, (0, 195, 500)),
    Photograph("rocket-close", "rocket", ROCKET, (110, 165, 317)),
    Photograph("shuttle", "rocket", ASTRONAUT, (70, 300, 212)),
    Photograph("cup-close", "cup", CUP, (5, 165, 260)),
    Photograph("face", "person", ASTRONAUT, (0, 110, 230)),
    Photograph("photographer", "person", CAMERA),
    Photograph("photographer-close", "person", CAMERA, (40, 130, 256)),
    Photograph("flower-close", "flower", FLOWER, (60, 150, 320)),
    Photograph("pagoda", "pagoda", PAGODA),
    Photograph("pagoda-square", "pagoda", PAGODA, (15, 60, 390)),
)


class Photographs(PictureDataset):
    """Photographs of eight things and close views cut out of them; there is only the split "test".

    Raises:
        ValueError: another split, a root, or a package without its pictures.
    """

    name = "photographs"
    licence = "of each photograph, see `credit`"
    source = "scikit-image and scikit-learn"
    classes = tuple(sorted({photograph.label for photograph in PHOTOGRAPHS}))

    def __init__(self, split: str = "test", root: str | Path | None = None):
        pick({"test": None}, split, "split of 'photographs'")
        if root is not None:
            raise ValueError(f"'root' is '{root}', but 'photographs' are in installed packages; leave 'root' out")
        for photograph in PHOTOGRAPHS:
            locate(photograph.source)

    def __len__(self) -> int:
        return len(PHOTOGRAPHS)

    def __getitem__(self, index: int) -> Sample:
        chosen = PHOTOGRAPHS[index]
        picture = read(chosen.source)  # (H, W, 3)
        if chosen.square:
            top, left, side = chosen.square
            picture = picture[top : top + side, left : left + side]  # (side, side, 3)
        return Sample(chosen.name, picture[None], labels=np.array([self.classes.index(chosen.label)]))  # (1, H, W, 3)

    def credit(self, index: int) -> str:
        """Return who made the photograph, its licence and the package that carries it."""
        return PHOTOGRAPHS[index].source.credit


@lru_cache(maxsize=8)
def read(source: Source) -> np.ndarray:
    """Return the whole picture (H, W, 3) uint8, read-only; kept, because several views are cut out of one."""
    path = locate(source)
    picture = media.decode_image(media.read_bytes(path), path.name)
    picture.flags.writeable = False
    return picture


def locate(source: Source) -> Path:
    """Return the path of the file without importing its package, which would take a second.

    Raises:
        ValueError: the package or its picture is missing.
    """
    package = find_spec(source.package)
    for folder in (package and package.submodule_search_locations) or ():
        if (path := Path(folder, source.file)).is_file():
            return path
    raise ValueError(
        f"'photographs' needs {source.file} of the package {source.package!r}; install requirements.txt again"
    )
