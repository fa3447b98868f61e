"""The command line for people and scripts: `python -m sqexplain COMMAND`; the only part of the library that prints."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import explaining, figures, gallery, learning, listing, measuring, preparing, regions, scoring, serving
from .console import Commands, say

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (
    explaining.explain,
    listing.models,
    listing.weights,
    listing.datasets,
    listing.methods,
    listing.where,
    learning.train,
    learning.retrofit,
    measuring.evaluate,
    measuring.localise,
    regions.regions,
    gallery.gallery,
    measuring.bench,
    figures.figures,
    scoring.predict,
    scoring.score,
    serving.app,
    preparing.prepare,
):
    app.command()(command)


def print_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        from sqexplain import __version__

        say(f"sqexplain {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Show which part of a picture a net answered from: SE gates beside GradCAM and its relatives."""


def main() -> None:
    """Run the command that the arguments of the process name."""
    app(prog_name="sqexplain" if Path(sys.argv[0]).stem == "sqexplain" else "python -m sqexplain")
