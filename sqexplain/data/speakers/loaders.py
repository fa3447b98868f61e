"""The lists of the published data loaders (`*_loader.csv`): entity, frames, rate and labels, separated by tabs."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sqexplain.data.speakers.tables import opened

MAX_LINES = 1_000_000
MAX_LINE = 500_000


@dataclass(frozen=True)
class Listed:
    """What a loader's list says of one track; the random number at its end is a key for sorting and is left out."""

    frames: int
    fps: float
    text: str

    @property
    def labels(self) -> np.ndarray:
        """The labels, (frames,) int64, from "[0, 1]", "[0 1]", "0,1" or "[0.0, 1.0]"."""
        return np.array([int(float(word)) for word in re.findall(r"\d+(?:\.\d*)?", self.text)], np.int64)


def read_loader(path: Path) -> dict[str, Listed]:
    """Return what a loader's list says of each entity.

    Raises:
        ValueError: it is missing, or a line has not this form.
    """
    found: dict[str, Listed] = {}
    with opened(path) as file:
        for number in range(1, MAX_LINES + 1):
            line = file.readline(MAX_LINE)
            if not line:
                return found
            if line.strip():
                entity, listed = _parse(line.rstrip("\r\n"), f"'{path}', line {number},")
                found[entity] = listed
    raise ValueError(f"'{path}' has more than {MAX_LINES:,} lines; give the list of one split")


def _parse(line: str, where: str) -> tuple[str, Listed]:
    cells = [cell.strip().strip('"') for cell in line.split("\t")]
    try:
        return cells[0], Listed(int(float(cells[1])), float(cells[2]), cells[3])
    except (ValueError, IndexError, OverflowError):
        raise ValueError(
            f"{where} is {line[:60]!r}; expected are entity, number of frames, rate, list of labels and a number, "
            "separated by tabs"
        ) from None
