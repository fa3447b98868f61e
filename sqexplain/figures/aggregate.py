"""Cards of runs to cells: mean over seeds, 95 % interval, difference from the net without SE."""

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist

import numpy as np

from sqexplain.figures.table import Row
from sqexplain.gates import KINDS
from sqexplain.models.store import list_cards

MEASURES = {"accuracy": "accuracy", "AUC": "AUC", "AP": "average precision"}  # in a card -> in the table
Key = tuple[str, str, str, str]  # data, net, gates, recipe


class Cells:
    """Cards, sorted by data set, net, gates and recipe; cards of one cell differ in their seed.

    The net "none" and the blocks on it belong to one recipe: that of the net.
    """

    def __init__(self, cards: Sequence[dict]):
        self.shipped = {(card["name"], card["gates"]): card["recipe"] for card in list_cards()}
        self.found: dict[Key, dict[int, dict]] = {}
        for card in cards:
            key = (card["data"]["name"], card["name"], card["gates"], self.recipe(card))
            self.found.setdefault(key, {}).setdefault(card["seed"], card)

    @property
    def known(self) -> set[tuple[str, str, str]]:
        """Data set, net and gates of every cell that is filled."""
        return {key[:3] for key in self.found}

    def recipe(self, card: dict) -> str:
        """Return "as shipped", or what tells the recipe of a run from that of the weights that we ship.

        Fields that recipes did not have yet when those were made count as alike: they were added with no effect.
        """
        known, own = self.shipped.get((card["name"], card["gates"])), card["recipe"]
        if known and all(own.get(name) == value for name, value in known.items()):
            return "as shipped"
        return f"{own.get('epochs', '?')} epochs"

    def rows(self) -> Iterator[Row]:
        """Yield a row for each cell and measure, by data set and net, from no gates to a vector for each class."""
        for key in sorted(self.found, key=lambda key: (key[0], key[1], key[3], KINDS.index(key[2]))):
            cards = self.found[key]
            first = cards[min(cards)]
            head = dict(zip(("data", "model", "gates", "recipe"), key, strict=True)) | {"title": first["title"]}
            for name in ("AUC", "AP", "accuracy"):
                if name in first["scores"] and not (name == "accuracy" and "AP" in first["scores"]):
                    values = {seed: card["scores"][name] for seed, card in cards.items()}
                    yield head | {"measure": MEASURES[name]} | self._measured(key, name, values, first)

    def _measured(self, key: Key, name: str, values: dict[int, float], first: dict) -> Row:
        share = name == "accuracy" and "AUC" not in first["scores"]  # of pictures, each right or wrong
        low, high, basis = interval(list(values.values()), first.get("test pictures") if share else None)
        row: Row = {"value": float(np.mean(list(values.values()))), "low": low, "high": high}
        row |= {"seeds": len(values), "basis": basis} | self._difference(key, name, values)
        return row | {"kind": "measured", "note": "", "command": first["command"], "estimate": ""}

    def _difference(self, key: Key, name: str, values: dict[int, float]) -> Row:
        """Return how far the cell lies from that of the same net without SE, paired by seed."""
        if key[2] == "none":
            return {}
        bare = self.found.get((*key[:2], "none", key[3]), {})
        gaps = [value - bare[seed]["scores"][name] for seed, value in values.items() if seed in bare]
        if not gaps:
            return {}
        low, high, _ = interval(gaps)
        return {"difference": float(np.mean(gaps)), "difference low": low, "difference high": high}


def interval(values: list[float], count: int | None = None) -> tuple[float | None, float | None, str]:
    """Return low, high and the basis of a 95 % interval: Student's t over seeds; of one value the share of `count`.

    Where there is one value and no count, nothing can be said: None, None.
    """
    if len(values) > 1:
        from scipy.special import stdtrit  # on use only: large

        half = stdtrit(len(values) - 1, 0.975) * np.std(values, ddof=1) / len(values) ** 0.5
        mean = float(np.mean(values))
        return float(mean - half), float(mean + half), f"{len(values)} seeds, Student's t"
    if count:
        return *wilson(round(values[0] * count), count), f"one seed, {count:,} test pictures (Wilson)"
    return None, None, "one seed"


def wilson(met: int, of: int) -> tuple[float, float]:
    """Return the ends of Wilson's 95 % interval of a share, `met` of `of`."""
    z, share = NormalDist().inv_cdf(0.975), met / of
    middle = (met + z**2 / 2) / (of + z**2)
    half = z / (of + z**2) * math.sqrt(of * share * (1 - share) + z**2 / 4)
    return 0.0 if met == 0 else middle - half, 1.0 if met == of else middle + half
