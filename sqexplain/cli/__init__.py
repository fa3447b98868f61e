"""The command line for people and scripts: `python -m sqexplain COMMAND`; the only part of the library that prints."""

import typer

from . import explaining, figures, gallery, learning, listing, measuring, preparing, regions, scoring, serving
from .console import Commands

app = typer.Typer(
    cls=Commands,
    help="Show which part of a picture a net answered from: SE gates beside GradCAM and its relatives.",
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


def main() -> None:
    """Run the command that the arguments of the process name."""
    app(prog_name="python -m sqexplain")
