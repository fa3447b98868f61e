"""Small pictures of the first samples of drawn data sets, for the strip of a page: drawing all takes seconds."""

from collections.abc import Iterator
from functools import cache

from sqexplain.data import open_dataset
from sqexplain.media import as_uri
from sqexplain.prepared import FOLDER, content

SIDE = 96  # pixels of the longer side
SETS = {"talkers": ("demo", 11), "drawn-faces": ("test", 12)}  # data set -> split, how many samples


@cache
def stored(data: str) -> list[dict[str, str]]:
    """Return name and small picture, a data URI, of the first samples of a data set; [] where none are stored whole."""
    found = content(FOLDER / file_name(data)) if data in SETS else None
    return found if isinstance(found, list) and all(map(_whole, found)) else []


def file_name(data: str) -> str:
    """Return what the file of a data set is called."""
    return f"thumbnails-{data}.json"


def drawn(data: str) -> Iterator[dict[str, str]]:
    """Yield what is stored of a data set, drawn anew; a clip is shown by the picture in its middle."""
    split, count = SETS[data]
    samples = open_dataset(data, split)
    for index in range(count):
        one = samples[index]
        yield {"name": one.name, "picture": as_uri(one.frames[len(one.frames) // 2], SIDE)}


def _whole(entry: object) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in ("name", "picture"))
