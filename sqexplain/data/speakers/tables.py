"""The tables of AVA-ActiveSpeaker and WASD: truth and predictions, read row by row and written.

A truth table has the columns of `TRUTH` under a header (`*_orig.csv`), or the first eight without one (as AVA is
published); a table of predictions has these eight and the score, with a header or without.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from sys import intern

import numpy as np

from sqexplain.media import write_csv

LABELS = ("NOT_SPEAKING", "SPEAKING_AUDIBLE", "SPEAKING_NOT_AUDIBLE")  # by label_id
SPEAKING = LABELS[1]
BOX = ("entity_box_x1", "entity_box_y1", "entity_box_x2", "entity_box_y2")
ROW = ("video_id", "frame_timestamp", *BOX, "label", "entity_id")
TRUTH = (*ROW, "label_id", "instance_id")
PREDICTION = (*ROW, "score")
HEADERLESS = {len(columns): columns for columns in (ROW, PREDICTION, TRUTH)}
MAX_ROWS = 10_000_000  # the largest published table has 2.7 million
MAX_LINE = 100_000
MAX_NAME = 200
CHUNK = 4_096


@dataclass(frozen=True)
class Row:
    """One face in one frame: `box` is x1, y1, x2, y2 in shares of the picture, `timestamp` the seconds as text."""

    video_id: str
    timestamp: str
    box: tuple[float, float, float, float]
    label: str
    entity_id: str
    instance_id: str

    @property
    def label_id(self) -> int:
        """0 not speaking, 1 speaking and audible, 2 speaking and not audible."""
        return LABELS.index(self.label)

    def truth(self) -> list[str]:
        """Return the cells of the columns of `TRUTH`."""
        return [*self._cells(self.label), str(self.label_id), self.instance_id]

    def prediction(self, score: float) -> list[str]:
        """Return the cells of the columns of `PREDICTION`; nine digits keep every float32."""
        return [*self._cells(SPEAKING), f"{score:.9g}"]

    def _cells(self, label: str) -> list[str]:
        return [self.video_id, self.timestamp, *map(repr, self.box), label, self.entity_id]


@dataclass(frozen=True)
class Table:
    """The columns of a table, n rows in the order of the file; columns of text are tuples.

    Attributes:
        times: (n,) seconds.
        boxes: (n, 4).
        instances: None where the file has no such column.
        scores: (n,), None where they were not asked for.
    """

    videos: tuple[str, ...]
    times: np.ndarray
    boxes: np.ndarray
    labels: tuple[str, ...]
    entities: tuple[str, ...]
    instances: tuple[str, ...] | None = None
    scores: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.videos)

    def speaking(self) -> np.ndarray:
        """Return (n,) int64: 1 where the label is SPEAKING_AUDIBLE, else 0."""
        return np.array([label == SPEAKING for label in self.labels], np.int64)

    def rows(self, places: Iterable[int] | None = None) -> list[Row]:
        """Return the rows at `places`, all without them, in that order.

        Where the file has no instances they are numbered as in the published files: for each entity from 0, one more
        at every switch of its label.
        """
        found: list[Row] = []
        last: dict[str, tuple[str, int]] = {}  # entity -> label and number of its last row
        for place in range(len(self)) if places is None else places:
            entity, label = self.entities[place], self.labels[place]
            before, number = last.get(entity, (label, 0))
            last[entity] = label, number + (label != before)
            instance = self.instances[place] if self.instances else f"{entity}:{last[entity][1]}"
            time, box = str(float(self.times[place])), tuple(self.boxes[place].tolist())
            found.append(Row(self.videos[place], time, box, label, entity, instance))
        return found


def read_table(path: str | Path, scored: bool = False) -> Table:
    """Read a table of truth, or with `scored` one of predictions; columns are found by name where there is a header.

    Raises:
        ValueError: it is missing, no such table, has a damaged row, too many rows, or a name that is no plain name.
    """
    path = Path(path)
    needed = PREDICTION if scored else ROW
    parts: dict[str, list] = {name: [] for name in (*needed, "instance_id")}
    count = 0
    with opened(path) as file:
        lines = iter(partial(file.readline, MAX_LINE), "")  # a file without line ends must not fill the memory
        names, rows = _header(csv.reader(lines), needed, path)
        while chunk := list(islice(rows, CHUNK)):
            columns = _columns(chunk, names, count, path)
            for name in parts.keys() & columns.keys():
                parts[name].append(_values(columns[name], name, count, path))
            count += len(chunk)
            if count > MAX_ROWS:
                raise ValueError(f"'{path}' has more than {MAX_ROWS:,} rows; give the table of one split")
    if not count:
        raise ValueError(f"'{path}' holds no row; give a table with the columns {', '.join(needed)}")
    return _checked(parts, path)


def read_tables(paths: Sequence[Path]) -> Table:
    """Read several tables of truth as one, in the order of `paths`."""
    tables = [read_table(path) for path in paths]
    if len(tables) == 1:
        return tables[0]
    videos, labels, entities = (
        tuple(chain.from_iterable(getattr(one, name) for one in tables)) for name in ("videos", "labels", "entities")
    )
    times, boxes = (np.concatenate([getattr(one, name) for one in tables]) for name in ("times", "boxes"))
    return Table(videos, times, boxes, labels, entities)


def write_table(path: str | Path, rows: Iterable[Sequence[str]], columns: Sequence[str] | None) -> Path:
    """Write the cells of `rows` under a header of `columns` (None: no header), whole or not at all.

    Raises:
        ValueError: the place cannot be written to.
    """
    return write_csv(path, chain([columns] if columns else [], rows))


def check_name(name: str, what: str) -> str:
    """Return a name that becomes part of a path, if it is a plain one.

    Raises:
        ValueError: it is empty, too long, or holds a sign that leads to another folder or is not printable.
    """
    if not name.isprintable() or re.search(r"[/\\]", name) or name.strip(". ") != name or not 0 < len(name) <= MAX_NAME:
        raise ValueError(
            f"{what} {name[:60]!r} is no plain name: it becomes the name of a folder, so it has 1 to {MAX_NAME} "
            "printable signs, no '/' or '\\', and no '.' or space at its ends"
        )
    return name


@contextmanager
def opened(path: Path) -> Iterator:
    """Open a text file; a byte order mark does not count.

    Raises:
        ValueError: it is missing, unreadable or no text; also what goes wrong while it is read.
    """
    if not path.is_file():  # a device would never end
        raise ValueError(f"there is no file '{path}'; check the path")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield file
    except UnicodeDecodeError:
        raise ValueError(f"'{path}' is no text in UTF-8; give a CSV file") from None
    except csv.Error as error:
        raise ValueError(f"'{path}' is no CSV file ({error})") from None
    except OSError as error:
        raise ValueError(f"'{path}' cannot be read ({error.strerror}); check its permissions") from None


def _header(reader: Iterator, needed: Sequence[str], path: Path) -> tuple[list[str], Iterator]:
    """Return the names of the columns and the rows below them."""
    rows: Iterator = (row for row in reader if row and (row[0] or any(row)))
    first = next(rows, None)
    if first is None:
        raise ValueError(f"'{path}' is empty; give a table with the columns {', '.join(needed)}")
    names = [cell.strip().lower() for cell in first]
    if not set(names) & set(TRUTH):
        names, rows = list(HEADERLESS.get(len(first), ())), chain([first], rows)
    missing = [name for name in needed if name not in names]
    if missing:
        found = ", ".join(cell.strip()[:30] for cell in first[:12])
        raise ValueError(f"'{path}' lacks {', '.join(missing)}; its first line is '{found}'")
    return names, rows


def _columns(chunk: list[list[str]], names: Sequence[str], start: int, path: Path) -> dict[str, tuple[str, ...]]:
    if set(map(len, chunk)) != {len(names)}:
        place, row = next((place, row) for place, row in enumerate(chunk) if len(row) != len(names))
        raise ValueError(f"'{path}', row {start + place + 1}, has {len(row)} cells; it needs {len(names)}")
    return dict(zip(names, zip(*chunk, strict=True), strict=True))


def _values(cells: Sequence[str], name: str, start: int, path: Path) -> np.ndarray | list[str]:
    """Return the cells of a column as numbers or as clean text."""
    if name not in ("frame_timestamp", "score", *BOX):
        clean = {cell: intern(cell.strip()) for cell in set(cells)}  # few names, many rows
        return [clean[cell] for cell in cells]
    try:
        values = np.array(cells, np.float64)
    except ValueError:
        values = np.array([_number(cell) for cell in cells])
    wrong = np.isnan(values) if name == "score" else ~np.isfinite(values)
    if wrong.any():
        place = int(wrong.argmax())
        raise ValueError(f"'{path}', row {start + place + 1}: {name} is {cells[place][:30]!r}, which is no number")
    return values


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _checked(parts: dict[str, list], path: Path) -> Table:
    def text(name: str) -> tuple[str, ...]:
        return tuple(chain.from_iterable(parts[name]))

    table = Table(
        text("video_id"),
        np.concatenate(parts["frame_timestamp"]),
        np.stack([np.concatenate(parts[name]) for name in BOX], 1),  # (n, 4)
        text("label"),
        text("entity_id"),
        text("instance_id") or None,
        np.concatenate(parts["score"]) if "score" in parts else None,
    )
    unknown = sorted(set(table.labels) - set(LABELS))
    if unknown:
        raise ValueError(f"'{path}' has the label {unknown[0][:30]!r}; allowed are {', '.join(LABELS)}")
    for what, names in (("video_id", table.videos), ("entity_id", table.entities)):
        for name in dict.fromkeys(names):
            check_name(name, f"'{path}': {what}")
    return table
