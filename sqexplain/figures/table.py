"""Tables of what was measured: rows under named columns, to CSV and back. Every figure is drawn from one."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sqexplain import media
from sqexplain.media import Cell, csv_cell

Row = dict[str, Any]  # column -> Cell; who takes a number out of it knows the column, and that files hold text


@dataclass(frozen=True)
class Table:
    """Rows under named columns; an empty cell (None, or "" in the file) is one that was not measured."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Table":
        """Return dictionaries as a table; the columns are all their keys, in the order of first appearance."""
        columns = tuple(dict.fromkeys(name for row in rows for name in row))
        return cls(columns, tuple(tuple(row.get(name) for name in columns) for row in rows))

    @classmethod
    def join(cls, tables: Iterable["Table"]) -> "Table":
        """Return the rows of several tables under all of their columns."""
        return cls.of([row for table in tables for row in table.dicts()])

    @classmethod
    def read(cls, path: str | Path) -> "Table":
        """Read a CSV file; every cell is text, see `numbers`.

        Raises:
            ValueError: there is no such file, it is no text, or a row has another number of cells than the first.
        """
        return cls.parse(media.read_bytes(path), str(path))

    @classmethod
    def parse(cls, data: bytes, name: str = "table") -> "Table":
        """Read the bytes of a CSV file; `name` is for errors.

        Raises:
            ValueError: it is no text, or a row has another number of cells than the first.
        """
        try:
            lines = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
        except UnicodeDecodeError:
            raise ValueError(f"'{name}' is no table of text (CSV)") from None
        if not lines or not lines[0] or any(len(line) != len(lines[0]) for line in lines):
            raise ValueError(f"'{name}' is no whole table (CSV): every row needs a cell for each column")
        return cls(tuple(lines[0]), tuple(map(tuple, lines[1:])))

    def csv(self) -> bytes:
        """Return the table as the bytes of a CSV file: six digits of a number, nothing for an empty cell."""
        return media.csv_bytes([self.columns, *self.rows])

    def dicts(self) -> list[Row]:
        """Return each row as a dictionary."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def where(self, **wanted: Cell) -> "Table":
        """Return the rows in which the cells of these columns are as wanted, compared as text."""
        places = {self.columns.index(name): csv_cell(value) for name, value in wanted.items()}
        kept = (row for row in self.rows if all(csv_cell(row[at]) == value for at, value in places.items()))
        return Table(self.columns, tuple(kept))

    def values(self, column: str) -> list[str]:
        """Return the cells of a column as text."""
        at = self.columns.index(column)
        return [csv_cell(row[at]) for row in self.rows]

    def numbers(self, column: str) -> np.ndarray:
        """Return the cells of a column as numbers, (rows,) float64, NaN where a cell is empty.

        Raises:
            ValueError: a cell holds another word.
        """
        return np.array([float(cell) if cell else np.nan for cell in self.values(column)])

    def distinct(self, *columns: str) -> list[tuple[str, ...]]:
        """Return each combination of the cells of these columns once, in order of first appearance."""
        return list(dict.fromkeys(zip(*(self.values(column) for column in columns), strict=True)))
