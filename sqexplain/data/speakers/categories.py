"""The five categories of WASD and the two files that say which video belongs to which."""

import csv
from dataclasses import dataclass
from pathlib import Path

from sqexplain.data.speakers.tables import opened

# Codes in the order of their numbers in wasd_metadata.csv; the second name is the head in dataset_division.txt.
CATEGORIES = {
    "OC": ("optimal conditions", "Interview"),
    "SI": ("speech impairment", "Debate"),
    "FO": ("face occlusion", "Podcast"),
    "HVN": ("human voice noise", "React"),
    "SS": ("surveillance settings", "Police"),
}
YOUTUBE = 11  # letters of the identifier that a video_id starts with
PLACES = ("wasd_metadata.csv", "dataset_division.txt")
FOLDERS = ("csv", "eval", ".")
MAX_LETTERS = 20_000_000  # the published file has 0.6 million


@dataclass(frozen=True)
class Division:
    """The categories of videos, and their frame rates where the file knows them."""

    categories: dict[str, tuple[str, ...]]  # a part of a video, or a whole video, to its codes
    rates: dict[str, float]

    def of(self, video: str) -> tuple[str, ...]:
        """Return the codes of a video, () if it is not listed.

        dataset_division.txt lists whole videos, and one of them under two heads; the official script counts its rows
        in both.
        """
        return self.categories.get(video, self.categories.get(video[:YOUTUBE], ()))

    def rate(self, video: str) -> float | None:
        """Return the frame rate of a video where it is known."""
        return self.rates.get(video)


def find_division(root: Path) -> Division | None:
    """Return the division of a WASD folder, None where neither of the two files is there."""
    for name in PLACES:
        for folder in FOLDERS:
            if (root / folder / name).is_file():
                return read_division(root / folder / name)
    return None


def read_division(path: str | Path) -> Division:
    """Read wasd_metadata.csv or dataset_division.txt; the content tells which it is.

    Raises:
        ValueError: it is neither, or it names an unknown category.
    """
    path = Path(path)
    with opened(path) as file:
        lines = [line.strip() for line in file.read(MAX_LETTERS).splitlines()]
    lines = [line for line in lines if line]
    if lines and lines[0].startswith("#"):
        return _from_heads(lines, path)
    names = next(csv.reader(lines[:1]), [])
    if not {"Video", "Category"} <= set(names):
        raise ValueError(
            f"'{path}' is neither wasd_metadata.csv (a table with the columns Video and Category) nor "
            "dataset_division.txt (a list of videos under heads like '# Interview')"
        )
    return _from_metadata(lines, path)


def _from_metadata(lines: list[str], path: Path) -> Division:
    categories: dict[str, tuple[str, ...]] = {}
    rates: dict[str, float] = {}
    for row in csv.DictReader(lines):
        video = (row["Video"] or "").strip()
        categories[video] = (_code(row["Category"] or "", path),)
        try:
            rates[video] = float(row.get("FPS") or "")
        except ValueError:
            continue  # the rate is then that of the loader's list
    return Division(categories, rates)


def _from_heads(lines: list[str], path: Path) -> Division:
    categories: dict[str, tuple[str, ...]] = {}
    code = ""
    for line in lines:
        if line.startswith("#"):
            code = _code(line.lstrip("# "), path)
        else:
            categories[line] = (*categories.get(line, ()), code)
    return Division(categories, {})


def _code(text: str, path: Path) -> str:
    """Return the code of a category that is given as number, code, title or head."""
    given = text.strip().lower()
    for number, (code, names) in enumerate(CATEGORIES.items()):
        if given in (str(number), f"{number}.0", code.lower(), *map(str.lower, names)):
            return code
    heads = ", ".join(f"{code} ({head})" for code, (_, head) in CATEGORIES.items())
    raise ValueError(f"'{path}' has the category {text.strip()[:30]!r}; known are {heads}")
