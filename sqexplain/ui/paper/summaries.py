"""What tables and cards say of SE: differences with and without it, what few channels keep, names of data sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sqexplain.figures.table import Table

DATA = {
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
    "scenes": "drawn scenes",
    "celeba": "CelebA",
    "drawn-faces": "drawn faces",
    "talkers": "drawn talkers",
    "ava": "AVA-ActiveSpeaker",
    "wasd": "WASD",
}
SAME = "same answer"  # of the tables and cards: the share of unchanged predictions
CLOSE = 0.05  # of the full score


@dataclass(frozen=True)
class Difference:
    """What SE adds to the score of a model, with the 95 % interval; NaN where one seed gives none."""

    data: str
    measure: str
    value: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """The difference in points of a hundred."""
        if np.isnan(self.low):
            return f"{signed(self.value)} points with one seed"
        return f"{signed(self.value)} points [{signed(self.low)}, {signed(self.high)}]"


@dataclass(frozen=True)
class Kept:
    """What a model keeps with only the top 10 % of its channels, beside as many at random and by activation."""

    model: str
    data: str
    gates: str
    measure: str
    whole: float
    keep: float
    random: float
    pooled: float
    constant: float  # channel share


def differences(table: Table, gates: str = "paper") -> list[Difference]:
    """Return SE minus no SE wherever both were measured with one recipe.

    The interval is that of the table, which pairs seeds; where there is one seed, that of two independent scores.
    """
    rows = {
        (row["data"], row["model"], row["recipe"], row["measure"], row["gates"]): row
        for row in table.dicts()
        if row["kind"] == "measured"
    }
    found = []
    for (*key, kind), row in rows.items():
        if kind != gates or (bare := rows.get((*key, "none"))) is None:
            continue
        value, low, high = (number(row.get(name)) for name in ("difference", "difference low", "difference high"))
        if np.isnan(value):
            value = number(row["value"]) - number(bare["value"])
        if np.isnan(low):
            half = np.hypot(*((number(one["high"]) - number(one["low"])) / 2 for one in (row, bare)))
            low, high = value - half, value + half
        found.append(Difference(str(row["data"]), str(row["measure"]), value, float(low), float(high)))
    return found


def number(cell: Any) -> float:
    """Return a cell as a number, NaN where it is empty."""
    return float("nan") if cell in ("", None) else float(cell)


def kept(cards: Sequence[Mapping]) -> list[Kept]:
    """Return what the cards say of the top 10 % of channels of each model with gates."""
    found = []
    for card in cards:
        scores = card.get("scores", {})
        end = " AP" if "AP" in scores else ""
        if f"keep{end}" not in scores:
            continue
        measure = "AP" if "AP" in scores else "AUC" if "AUC" in scores else SAME
        numbers = [scores[f"keep{end}{by}"] for by in ("", ", random", ", pooled")]
        whole = scores.get(measure, 1.0)
        head = (card["name"], card["data"]["name"], card["gates"], measure, whole)
        found.append(Kept(*head, *numbers, scores["channel share"]))
    return found


def reached(table: Table) -> dict[tuple[str, str], float | None]:
    """Return by model and gates the least percentage from which on `keep` stays within 5 points of the full score."""
    found = {}
    for model, gates in table.distinct("model", "gates"):
        rows = table.where(model=model, gates=gates, rule="top")
        order = np.argsort(rows.numbers("percent"))
        percents, keep = rows.numbers("percent")[order], rows.numbers("keep")[order]
        good = keep >= rows.numbers("whole")[order] - CLOSE
        last = len(good) - int(np.argmin(good[::-1])) if not good.all() else 0  # after the last that is not
        found[model, gates] = float(percents[last]) if last < len(good) else None
    return found


def of_kind(found: Sequence[Kept], kind: str, model: str | None = None) -> list[Kept]:
    """Return those with published gates ("paper") or with gates fitted to a frozen model, of one model or of all."""
    some = [one for one in found if model in (None, one.model)]
    return [one for one in some if (one.gates == "paper") == (kind == "paper")]


def name(data: str) -> str:
    """Return what a reader calls a data set."""
    return DATA.get(data, data)


def plain_measure(measure: str) -> str:
    """Return what a reader calls a measure."""
    return "unchanged predictions" if measure == SAME else measure


def signed(part: float) -> str:
    """Return a share as points of a hundred with its sign: "−0.3"."""
    return f"{100 * part:+.1f}".replace("-", "−").replace("+0.0", "0.0").replace("−0.0", "0.0")


def share(part: float, digits: int = 0) -> str:
    """Return a share in per cent."""
    return f"{100 * part:.{digits}f} %"
