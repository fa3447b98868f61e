"""`figures`: the paper's tables and figures, measured anew, as PDF and PNG with their data as CSV."""

from pathlib import Path
from typing import Annotated

from typer import Option

from .console import note, progress, say

Names = Annotated[str | None, Option(help="Figures, as A,B: accuracy, values, grid, percentages, cost; else all.")]


def figures(
    folder: Annotated[Path, Option("--out", help="Folder for the figures.")] = Path("figures"),
    only: Names = None,
    root: Annotated[
        list[str] | None, Option(help="Folder of a data set, as cifar10=FOLDER; repeatable.", metavar="NAME=FOLDER")
    ] = None,
    runs: Annotated[list[Path] | None, Option(help="Folder with cards of further runs; repeatable.")] = None,
    seed: Annotated[int, Option(help="Seed of the choice of samples and of the controls.", min=0)] = 0,
    limit: Annotated[int | None, Option(help="Only so many samples of each data set, evenly spread.", min=2)] = None,
    repeats: Annotated[int, Option(help="Timed turns of `cost`.", min=1)] = 3,
    formats: Annotated[str, Option("--format", help="pdf, png, svg, as A,B.")] = "pdf,png",
    resume: Annotated[bool, Option("--resume", help="Go on with the run that was stopped in this folder.")] = False,
) -> None:
    """Make the paper's tables and figures with our nets: what waits for data is told, all else is measured."""
    from sqexplain.figures import FigureSettings, make_figures

    settings = FigureSettings(roots_of(root or []), seed, limit, tuple(runs or []), repeats)
    try:
        show(make_figures(folder, settings, words(only), words(formats), resume))
    except KeyboardInterrupt:
        note("the same command with --resume goes on")
        raise


def roots_of(texts: list[str]) -> dict[str, Path]:
    """Return the folders that were named, by data set.

    Raises:
        ValueError: a text is not NAME=FOLDER.
    """
    pairs = [text.partition("=") for text in texts]
    for text, (name, sign, path) in zip(texts, pairs, strict=True):
        if not (name and sign and path):
            raise ValueError(f"--root {text!r} names no data set; write it as cifar10=FOLDER, once for each data set")
    return {name: Path(path) for name, _, path in pairs}


def words(text: str | None) -> list[str]:
    """Return the words of a list that is written A,B."""
    return [word.strip() for word in (text or "").split(",") if word.strip()]


def show(rows) -> None:
    """Show what is worked on as a bar, what waits and what was written as lines."""
    from sqexplain.figures import Stage, Waiting
    from sqexplain.progress import Progress

    waiting: dict[str, list[str]] = {}
    with progress() as bar:
        task = bar.add_task("figures", total=None)
        for row in rows:
            if isinstance(row, Progress):
                bar.update(task, completed=row.done, total=row.of)
            elif isinstance(row, Stage):
                kept = ", measured before" if row.kept else ""
                stage = f"{row.figure} {row.number}/{row.of}: {row.part}{kept}"
                bar.update(task, description=stage, completed=0, total=None)
            elif isinstance(row, Waiting):
                waiting.setdefault(row.reason, []).append(f"{row.figure} {row.part}")
            else:
                say(f"wrote {row}")
    for reason, parts in waiting.items():
        note(f"not measured: {', '.join(parts)}. {reason[:1].upper()}{reason[1:]}")
