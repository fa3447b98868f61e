"""The tables that were measured with the weights we ship and lie beside them, so that a page can show them at once."""

from pathlib import Path

from sqexplain import locations
from sqexplain.figures.table import Table

ASSETS = locations.ASSETS / "measured"


def measured(name: str, folder: Path = ASSETS) -> Table | None:
    """Return the table of a figure as it was measured for the weights that we ship, None where there is none.

    Made by `python -m sqexplain figures --only NAME`; the command writes the same table into its folder.
    """
    path = folder / f"{name}.csv"
    return Table.read(path) if path.exists() else None
