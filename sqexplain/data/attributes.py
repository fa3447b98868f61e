"""Tables of attributes: a row for each picture, with yes or no for each attribute, as CelebA and its copies have."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MAX_BYTES = 200_000_000  # the table of CelebA has 27 MB
VALUES = {"1": 1, "0": 0, "-1": 0}


@dataclass(frozen=True, eq=False)
class Table:
    """File names, attributes, and labels (N, K) int64 of 0 and 1."""

    path: Path
    names: list[str]
    attributes: list[str]
    labels: np.ndarray


def read_table(path: Path) -> Table:
    """Read a table of either form: comma-separated with a header, or that of the authors, separated by spaces.

    The latter has the number of pictures in its first line and no title over the first column; there -1 is no.

    Raises:
        ValueError: the file is too large, has no rows, or a row with another number of values, a value that is
            neither yes nor no, or a name with a folder in it.
    """
    lines = _lines(path)
    head, *rows = (lines[1:] if len(lines) > 1 and len(lines[0]) == 1 else lines) or [[]]
    spaced = path.suffix.lower() != ".csv"
    attributes = head if spaced and rows and len(rows[0]) == len(head) + 1 else head[1:]
    if not rows or not attributes:
        raise ValueError(f"'{path}' is no table of attributes; expected are a header and a row for each picture")
    labels = np.empty((len(rows), len(attributes)), np.int64)
    for number, row in enumerate(rows):
        labels[number] = _values(row, len(attributes), f"'{path}', picture {number + 1},")
    return Table(path, [_file_name(row[0], path) for row in rows], attributes, labels)


def read_partition(path: Path, table: Table) -> np.ndarray:
    """Return the part (N,) int64 of each picture of `table`: 0 train, 1 validation, 2 test.

    Raises:
        ValueError: a picture of the table is missing from the partition, or a part is none of the three.
    """
    rows = [row for row in _lines(path) if len(row) == 2 and row[1] in ("0", "1", "2")]
    parts = {name: int(part) for name, part in rows}
    if missing := [name for name in table.names if name not in parts]:
        raise ValueError(
            f"'{path}' does not fit '{table.path.name}': {len(missing):,} of its {len(table.names):,} pictures have no "
            f"part 0, 1 or 2, first {missing[0]!r}; take the two files of one release"
        )
    return np.array([parts[name] for name in table.names])


def _lines(path: Path) -> list[list[str]]:
    """Return the cells of every line that is not empty."""
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"'{path}' has more than {MAX_BYTES // 10**6} MB; a table of attributes is smaller")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"'{path}' is no text; expected is a table of attributes") from None
    if path.suffix.lower() == ".csv":
        return [row for row in csv.reader(text.splitlines()) if row]
    return [cells for line in text.splitlines() if (cells := line.split())]


def _values(row: list[str], count: int, where: str) -> list[int]:
    if len(row) != count + 1:
        raise ValueError(f"{where} has {len(row) - 1} values for {count} attributes; the table is damaged")
    try:
        return [VALUES[cell.strip()] for cell in row[1:]]
    except KeyError as error:
        raise ValueError(
            f"{where} has the value {error.args[0]!r}; allowed are 1 for yes, and 0 or -1 for no"
        ) from None


def _file_name(name: str, path: Path) -> str:
    """Refuse names that would leave the folder of the pictures."""
    if Path(name).name != name or name in ("", ".", ".."):
        raise ValueError(f"'{path}' names the picture {name!r}; expected is the name of a file, without a folder")
    return name
