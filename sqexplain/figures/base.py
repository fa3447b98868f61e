"""What every figure is: parts that are measured one by one and kept, a table of them all, and a drawing of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from sqexplain.data import Dataset, open_dataset
from sqexplain.figures.table import Table
from sqexplain.progress import Progress


@dataclass(frozen=True)
class FigureSettings:
    """What figures are made from.

    Attributes:
        roots: data set -> folder that holds it; the others are looked for where `open_dataset` does.
        seed: of the choice of samples and of every random control.
        limit: at most so many pictures or clips of each data set, evenly spread; None takes all.
        runs: folders with cards of further runs (other seeds, nets that we do not ship).
        repeats: timed runs of each side.
    """

    roots: Mapping[str, Path] = field(default_factory=dict)
    seed: int = 0
    limit: int | None = None
    runs: tuple[Path, ...] = ()
    repeats: int = 3

    def open(self, name: str, split: str = "test") -> Dataset:
        """Return a data set.

        Raises:
            ValueError: it is not there, or a folder of another layout is; the message says how to get it.
        """
        return open_dataset(name, split, self.roots.get(name))

    def trouble(self, name: str, split: str = "test") -> str:
        """Return why a data set cannot be opened, "" where it can."""
        try:
            self.open(name, split)
        except ValueError as error:
            return str(error)
        return ""


@dataclass(frozen=True)
class Figure:
    """A figure of the paper, measured anew.

    Attributes:
        name: key in FIGURES and stem of its files.
        command: the line that makes it.
    """

    name: ClassVar[str]

    @property
    def command(self) -> str:
        """The line that makes the figure."""
        return f"python -m sqexplain figures --only {self.name}"

    def parts(self, settings: FigureSettings) -> list[str]:
        """Return the names of the parts that can be measured with what is there; a part is what a stop may cost."""
        raise NotImplementedError

    def waiting(self, settings: FigureSettings) -> dict[str, str]:  # noqa: ARG002
        """Return the parts that cannot be measured, each with the reason and the remedy."""
        return {}

    def measure(self, settings: FigureSettings, part: str) -> Iterator[Progress | Table]:
        """Yield progress, at last the table of one part."""
        raise NotImplementedError

    def draw(self, table: Table, format: str, settings: FigureSettings) -> Iterator[tuple[str, bytes]]:
        """Yield the files of the figure, drawn from the table of all parts: stem of the name and bytes.

        `format` is a key of `drawing.FORMATS`.
        """
        raise NotImplementedError
