"""What a block costs: the accuracy of each net without gates and with each kind of them, from the cards of its runs."""

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from sqexplain import locations
from sqexplain.drawing.intervals import Dot, draw_intervals
from sqexplain.figures.aggregate import Cells
from sqexplain.figures.base import Figure, FigureSettings
from sqexplain.figures.missing import empty_rows
from sqexplain.figures.speakers import score_tracks, track_parts, track_waiting
from sqexplain.figures.table import Table
from sqexplain.gates import KINDS
from sqexplain.models.store import list_cards
from sqexplain.progress import Progress

CARDS = "cards"
SEEDS = locations.ASSETS / "seeds"  # cards of runs with other seeds, whose weights we do not ship
NAMES = {"none": "no SE", "paper": "paper", "sparse": "sparse", "class": "class"}


def accuracy_table(runs: Sequence[Path] = (), elsewhere: Collection[tuple[str, str, str]] = ()) -> Table:
    """Return a row for each data set, net, kind of gates and measure, from the cards of what was trained.

    Columns: data, model, title, gates, measure, value, low, high (95 % interval), difference from the net without SE,
    its own low and high, seeds, basis of the interval, recipe, kind ("measured" or "empty"), note, command, estimate.

    Args:
        runs: folders with cards of further runs, as `train --out` writes them.
        elsewhere: data set, net and gates of cells that are filled in another way, and so are not empty.

    Raises:
        ValueError: a folder is not there, or holds a card that cannot be read.
    """
    cells = Cells([*list_cards(), *read_cards(SEEDS), *(card for folder in runs for card in cards_of(folder))])
    return Table.of([*cells.rows(), *empty_rows(cells.known | set(elsewhere))])


def cards_of(folder: Path) -> list[dict]:
    """Return the cards in a folder of runs.

    Raises:
        ValueError: there is no such folder, or no card in it.
    """
    if not (found := read_cards(folder)):
        raise ValueError(f"no card of a run in '{folder}'; give the --out of `train` or `retrofit`")
    return found


def read_cards(folder: Path) -> list[dict]:
    """Return the cards in a folder and those below it, by name; [] where there is none.

    Raises:
        ValueError: a card cannot be read.
    """
    found = []
    for path in sorted(Path(folder).rglob("*.json")):
        try:
            card = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"'{path}' is no card that can be read ({error})") from None
        if isinstance(card, dict) and {"name", "gates", "scores", "recipe", "data"} <= card.keys():
            found.append(card)
    return found


class Accuracy(Figure):
    """Accuracy with and without SE, of every net and data set."""

    name = "accuracy"

    def parts(self, settings: FigureSettings) -> list[str]:
        """Return "cards", and data set and net of each pair that is scored when asked for."""
        return [CARDS, *track_parts(settings)]

    def waiting(self, settings: FigureSettings) -> dict[str, str]:
        """Return the pairs that need data that are not there."""
        return track_waiting(settings)

    def measure(self, settings: FigureSettings, part: str) -> Iterator[Progress | Table]:
        """Yield progress and the rows of one part."""
        if part == CARDS:
            pairs = (part.split("/") for part in track_parts(settings))
            yield accuracy_table(settings.runs, [(data, net, "none") for data, net in pairs])
        else:
            yield from score_tracks(settings, part)

    def draw(self, table: Table, format: str, settings: FigureSettings) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002
        """Yield the dots with their intervals, a panel for each data set and measure."""
        panels: dict[str, list[Dot]] = {}
        for row in table.where(kind="measured").dicts():
            named = NAMES[row["gates"]]
            label = named if row["recipe"] == "as shipped" else f"{named}, {row['recipe']}"
            low, high = (float(row[end]) if row[end] not in ("", None) else None for end in ("low", "high"))
            dot = Dot(label, str(row["gates"]), float(row["value"]), low, high, int(row["seeds"]))
            panels.setdefault(f"{row['data']}, {row['model']}: {row['measure']}", []).append(dot)
        for dots in panels.values():
            dots.sort(key=lambda dot: KINDS.index(dot.gates))
        empty = len(table.where(kind="empty").rows)
        text = (
            "Test scores. Filled: mean over seeds with the 95 % interval of Student's t; hollow: one seed, with the "
            f"interval of a share (Wilson) where the score is one. Each panel has a scale of its own. {empty} cells "
            f"that were not run stand in the table, with their command and an estimate. {self.command}"
        )
        yield self.name, draw_intervals(panels, text, format)
