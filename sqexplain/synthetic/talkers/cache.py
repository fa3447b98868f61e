"""Tables of arrays on disk, made part by part: what is broken off goes on, and no part is ever half-written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sqexplain.media import atomic_write
from sqexplain.progress import Progress

PART = 20  # rows of a file


@dataclass(frozen=True)
class Table:
    """Its name, its number of rows, and the function that makes a row."""

    name: str
    count: int
    make: Callable[[int], np.ndarray]

    @property
    def parts(self) -> list[range]:
        """The rows of each file."""
        return [range(start, min(start + PART, self.count)) for start in range(0, self.count, PART)]


class Cache:
    """Rows of tables in a folder; they are read from the disk as they are used.

    Args:
        folder: made where it is missing; its name has to tell all that the rows depend on.
        tables: what is kept.
    """

    def __init__(self, folder: Path, tables: list[Table]):
        self.folder = folder
        self._tables = {table.name: table for table in tables}
        self._open: dict[Path, np.ndarray] = {}

    def fill(self) -> Iterator[Progress]:
        """Make what is missing, and yield how many rows there are; it may be stopped and goes on at the next call.

        Raises:
            ValueError: the folder cannot be written.
        """
        missing = self._missing()
        total = sum(table.count for table in self._tables.values())
        done = total - sum(len(rows) for _, rows in missing)
        yield Progress(done, total)
        for table, rows in missing:
            made = []
            for row in rows:
                made.append(table.make(row))
                done += 1
                yield Progress(done, total)
            self._write(self._path(table, rows), np.stack(made))

    def row(self, name: str, number: int) -> np.ndarray:
        """Return one row, read-only, on the disk until it is used.

        Raises:
            ValueError: the file is damaged.
        """
        part, place = divmod(number, PART)
        path = self.folder / f"{name}-{part:03d}.npy"
        if path not in self._open:
            try:
                self._open[path] = np.load(path, mmap_mode="r")
            except (ValueError, EOFError) as error:
                raise ValueError(f"'{path}' is damaged ({error}); delete it, and it is drawn anew") from None
        return self._open[path][place]

    def _missing(self) -> list[tuple[Table, range]]:
        parts = [(table, rows) for table in self._tables.values() for rows in table.parts]
        return [(table, rows) for table, rows in parts if not self._path(table, rows).exists()]

    def _path(self, table: Table, rows: range) -> Path:
        return self.folder / f"{table.name}-{rows.start // PART:03d}.npy"

    def _write(self, path: Path, rows: np.ndarray) -> None:
        """Write one file.

        Raises:
            ValueError: the folder cannot be written.
        """
        with atomic_write(path, remedy="give 'root', a folder that can") as part, part.open("wb") as file:
            np.save(file, rows)
