"""Making figures: measure part by part, keep what is done, draw, write; a stopped run goes on."""

import hashlib
import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from sqexplain import __version__
from sqexplain.data import DATASETS
from sqexplain.drawing import FORMATS
from sqexplain.figures.base import Figure, FigureSettings
from sqexplain.figures.registry import FIGURES
from sqexplain.figures.table import Table
from sqexplain.media import write_bytes
from sqexplain.models.store import list_cards
from sqexplain.progress import Progress
from sqexplain.registry import pick

PARTS = "parts"  # folder of what is measured already
DRAWN = ("pdf", "png")


@dataclass(frozen=True)
class Stage:
    """A part that is taken up: number `number` of `of` of its figure; `kept` where it was measured before."""

    figure: str
    part: str
    number: int
    of: int
    kept: bool


@dataclass(frozen=True)
class Waiting:
    """A part that cannot be measured here, with the reason and the remedy."""

    figure: str
    part: str
    reason: str


def make_figures(
    out: str | Path,
    settings: FigureSettings | None = None,
    only: Sequence[str] = (),
    formats: Sequence[str] = DRAWN,
    resume: bool = False,
) -> Iterator[Progress | Stage | Waiting | Path]:
    """Measure and draw figures; yield what is worked on, what waits for data, and each file that was written.

    Every part is kept in `out`/parts as soon as it is measured. The table of a figure, <name>.csv, and its drawings
    are written when all of its parts are done.

    Args:
        out: folder for the files.
        settings: data, seed and sizes; None takes the defaults.
        only: names of `FIGURES`; () makes all.
        formats: keys of `drawing.FORMATS`.
        resume: take up the parts that were kept for the same settings and weights.

    Raises:
        ValueError: an unknown name or format, `out` is a file, or a folder of data that was named does not hold them.
    """
    settings, out = settings or FigureSettings(), Path(out)
    figures = [pick(FIGURES, name, "figure") for name in only] or list(FIGURES.values())
    for format in formats:
        pick(FORMATS, format, "format of a figure")
    check(settings)
    if out.exists() and not out.is_dir():
        raise ValueError(f"'{out}' is a file; give a folder for the figures")
    for figure in figures:
        yield from _make(figure, out, settings, formats, resume)
    yield write_bytes(out / "manifest.json", manifest(settings, figures))


def check(settings: FigureSettings) -> None:
    """Refuse folders that were named and do not hold what they should.

    Raises:
        ValueError: an unknown data set, or a folder that is not there or has another layout.
    """
    for name in settings.roots:
        pick(DATASETS, name, "data set")
        settings.open(name, "val" if name in ("ava", "wasd") else "test")


def _make(
    figure: Figure, out: Path, settings: FigureSettings, formats: Sequence[str], resume: bool
) -> Iterator[Progress | Stage | Waiting | Path]:
    for part, reason in figure.waiting(settings).items():
        yield Waiting(figure.name, part, reason)
    parts, tables = figure.parts(settings), []
    for number, part in enumerate(parts):
        path = out / PARTS / figure.name / f"{part.replace('/', '.').replace(' ', '-')}-{fingerprint(settings)}.csv"
        kept = resume and path.exists()
        yield Stage(figure.name, part, number + 1, len(parts), kept)
        if not kept:
            for row in figure.measure(settings, part):
                if isinstance(row, Table):
                    write_bytes(path, row.csv())
                else:
                    yield row
        tables.append(Table.read(path))
    if not tables:
        return
    table = Table.join(tables)
    yield write_bytes(out / f"{figure.name}.csv", table.csv())
    table = Table.read(out / f"{figure.name}.csv")  # drawn is what a reader of the file sees
    for format in formats:
        for stem, data in figure.draw(table, format, settings):
            yield write_bytes(out / f"{stem}.{format}", data)


def fingerprint(settings: FigureSettings) -> str:
    """Return what tells the settings and weights of one run from those of another, as 12 hexadecimal digits."""
    weights = [card["sha256"] for card in list_cards()]
    values = [__version__, settings.seed, settings.limit, settings.repeats, *map(str, settings.runs), *weights]
    roots = sorted(f"{name}={Path(root).absolute()}" for name, root in settings.roots.items())
    return hashlib.sha256("\n".join(map(str, values + roots)).encode()).hexdigest()[:12]


def manifest(settings: FigureSettings, figures: Sequence[Figure]) -> bytes:
    """Return how the files of a folder were made, as JSON without the folders of this machine."""
    content = {
        "command": f"python -m sqexplain figures --only {','.join(figure.name for figure in figures)}",
        **{"seed": settings.seed, "limit": settings.limit, "repeats": settings.repeats},
        "versions": {"sqexplain": __version__, "torch": torch.__version__, "python": platform.python_version()},
        "weights": {f"{card['name']}.{card['gates']}": card["sha256"] for card in list_cards()},
        "waiting": {figure.name: figure.waiting(settings) for figure in figures},
    }
    return (json.dumps(content, indent=2) + "\n").encode()
