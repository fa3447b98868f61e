"""`prepare`: make what the app shows at start without computing it."""

from pathlib import Path
from typing import Annotated

from typer import Option

from .console import say


def prepare(
    folder: Annotated[Path | None, Option("--out", help="Folder; without it that of the package.")] = None,
) -> None:
    """Compute what the app shows at start: small pictures, comparisons of maps, colour maps; after new weights."""
    from sqexplain.prepared import FOLDER, making

    for path in making.prepare(folder or FOLDER):
        say(str(path))
