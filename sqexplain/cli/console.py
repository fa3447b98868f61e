"""How every command speaks: results on stdout, progress and errors on stderr, one sentence for a user's mistake."""

import json
import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from typer.core import TyperGroup

from sqexplain.registry import PluginWarning

BAD_INPUT = 2
STOPPED = 130
WHOLE = ("name", "model", "gates")  # columns whose words somebody will copy

out = Console()
err = Console(stderr=True)


class Commands(TyperGroup):
    """A group of commands that answers a user's mistake with one sentence and exit code 2, without a traceback.

    `SQEXPLAIN_TRACEBACK=1` in the environment shows the traceback all the same, for those who look for a fault of ours.
    """

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            with warnings.catch_warnings():
                warnings.showwarning = partial(_warn, warnings.showwarning)
                return super().invoke(ctx)
        except (ValueError, OSError) as error:
            if os.environ.get("SQEXPLAIN_TRACEBACK"):
                raise
            fail(error)
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            err.print("stopped", style="yellow")
            raise typer.Exit(STOPPED) from None


def _warn(usual: Any, message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
    """Show a warning about a plugin as a note, and others as usual."""
    if issubclass(category, PluginWarning):
        note(str(message))
    else:
        usual(message, category, *place, **more)


def fail(error: Exception | str, about: str = "") -> None:
    """Write one line on stderr: "error: about: what is wrong"."""
    words = " ".join(str(error).split()) or type(error).__name__
    line = f"{about}: {words}" if about else words
    err.print(f"error: {line}", style="red", markup=False, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Write one line of a result on stdout."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def note(text: str) -> None:
    """Write one line on stderr that is worth knowing and no error."""
    err.print(f"note: {text}", style="yellow", markup=False, highlight=False, soft_wrap=True)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = (), console: Console = out
) -> None:
    """Print a table; the columns in `right` hold numbers and are set flush right, those in `WHOLE` are not folded."""
    sheet = Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        side: Literal["left", "right"] = "right" if column in right else "left"
        sheet.add_column(column, justify=side, overflow="fold", no_wrap=column in WHOLE)
    for row in rows:
        sheet.add_row(*(escape(str(value)) for value in row))
    console.print(sheet)


def print_json(value: object) -> None:
    """Print `value` as JSON, and nothing else."""
    typer.echo(json.dumps(value, indent=2))


def write_json(path: Path, value: Mapping | list) -> None:
    """Write `value` as JSON, whole or not at all."""
    from sqexplain.media import write_bytes

    write_bytes(path, (json.dumps(value, indent=2) + "\n").encode())


def progress() -> Progress:
    """Return a progress display on stderr that leaves nothing behind."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # rich would send our lines to stderr with the bar, which is right on a terminal and wrong where stdout is a file
    return Progress(*columns, console=err, transient=True, redirect_stdout=out.is_terminal)
