"""Write files whole or not at all; CSV and NPZ files."""

import csv
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

Cell = str | int | float | np.number | None


@contextmanager
def atomic_writes(*paths: Path, remedy: str = "choose another folder") -> Iterator[list[Path]]:
    """Yield a temporary path for each of `paths`, to write to within the block; at its end all take their places.

    A reader, or whoever comes after a kill, finds a place as it was before or with its whole new file. When anything
    raises, the files written so far vanish and no place changes. The places are taken in the order of `paths`: what
    refers to the others comes last. Missing folders are made.

    Args:
        remedy: what a message recommends where a place cannot be written to.

    Raises:
        ValueError: a place cannot be written to.
    """
    parts = [path.with_name(f".{secrets.token_hex(8)}.part") for path in paths]
    path = None
    try:
        for path in paths:
            if path.parent.is_file():
                raise NotADirectoryError(0, f"'{path.parent}' is a file")
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():  # seen before the first file takes its place
                raise IsADirectoryError(0, "it is a folder")
        yield parts
        for path, part in zip(paths, parts, strict=True):
            part.replace(path)
    except OSError as error:
        raise ValueError(f"'{path}' cannot be written ({error.strerror or error}); {remedy}") from None
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink()  # gone already when all went well


@contextmanager
def atomic_write(path: str | Path, remedy: str = "choose another folder") -> Iterator[Path]:
    """Yield a temporary path to write to, which becomes `path` when all went well; see `atomic_writes`."""
    with atomic_writes(Path(path), remedy=remedy) as (part,):
        yield part


def write_bytes(path: str | Path, data: bytes) -> Path:
    """Write a file whole or not at all, also when killed; missing folders are made.

    Raises:
        ValueError: the place cannot be written to.
    """
    return write_files({Path(path): data})[0]


def write_files(files: Mapping[Path, bytes]) -> list[Path]:
    """Write several files, all of them or none; what refers to the others comes last.

    Raises:
        ValueError: a place cannot be written to.
    """
    paths = list(files)
    with atomic_writes(*paths) as parts:
        for part, data in zip(parts, files.values(), strict=True):
            part.write_bytes(data)
    return paths


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield each row as a line of CSV that ends with a line feed; for the text of a cell see `csv_cell`."""
    writer = csv.writer(SimpleNamespace(write=str), lineterminator="\n")  # writerow returns what `write` returns
    return (writer.writerow(map(csv_cell, row)) for row in rows)


def csv_cell(value: Cell) -> str:
    """Return the text of a cell: a fraction with six significant digits, nothing for None."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)


def csv_bytes(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows, the names of the columns first, as a CSV file in UTF-8."""
    return "".join(csv_lines(rows)).encode()


def write_csv(path: str | Path, rows: Iterable[Sequence[Cell]]) -> Path:
    """Write rows as they come, so that a table may be longer than the memory; whole or not at all.

    Raises:
        ValueError: the place cannot be written to.
    """
    with atomic_write(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        file.writelines(csv_lines(rows))
    return Path(path)


def npz_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return named arrays as a compressed NPZ file."""
    buffer, named = BytesIO(), cast(Any, arrays)  # as keywords they could be mistaken for options
    np.savez_compressed(buffer, **named)
    return buffer.getvalue()
