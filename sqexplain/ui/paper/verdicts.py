"""Our answers to the claims of the paper: a verdict and sentences, every number taken from tables and cards.

Each function says in its first line by which rule it decides; shares are in 0..1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sqexplain.figures.table import Table
from sqexplain.registry import series
from sqexplain.ui.paper.summaries import CLOSE, Difference, Kept, differences, name, number, of_kind, reached, share

HOLDS, PARTLY, FAILS, OPEN = "holds", "holds in part", "does not hold", "not measured"
CONSTANT = 0.9  # share of the variance that belongs to the channel
AGREE = 0.8  # rank correlation
CHEAP = 1.1  # times a bare forward pass
NORMAL = 0.1  # above mean + 1.282 standard deviations
NO_LOSS = "No loss lies beyond its 95 % interval."
KINDS = {"paper": "published", "sparse": "sparse", "class": "class"}
RIVALS = ("GradCAM", "FullGrad")
MISSING = "Not measured yet: there is no table of it beside the weights; the command under the view makes it."


@dataclass(frozen=True)
class Answer:
    """A verdict, what was found in two plain sentences, and the numbers behind them, a line each."""

    verdict: str
    told: str
    numbers: tuple[str, ...] = ()


def on_cost_of_se(table: Table) -> Answer:
    """Holds where no loss is larger than its 95 % interval; in part where some are, not at all where all are."""
    found = differences(table)
    judged = [one for one in found if not np.isnan(one.low)]
    if not judged:
        return Answer(OPEN, "No net was measured often enough both with the published block and without it.")
    losses = [one for one in judged if one.high < 0]
    worst, best = (pick(found, key=lambda one: one.value) for pick in (min, max))
    told = f"The published block changes the score by {worst.told} ({where(worst)}) to {best.told} ({where(best)}). "
    beyond = f"Lost beyond the 95 % interval: {series([where(one) for one in losses])}."
    numbers = tuple(f"{where(one)}: {one.told}" for one in found)
    return Answer(verdict(len(judged) - len(losses), len(judged)), told + (beyond if losses else NO_LOSS), numbers)


def on_the_rule(table: Table | None) -> Answer:
    """Holds for gates of which the rule marks 5 to 15 % and nothing at all in fewer than 5 % of the samples."""
    if table is None:
        return Answer(OPEN, MISSING)
    rows = table.where(group="").dicts()
    published = [row for row in rows if row["gates"] == "paper"]
    fitted = [row for row in rows if row["gates"] != "paper"]
    good = [row for row in rows if abs(number(row["above"]) - NORMAL) <= 0.05 and number(row["empty"]) < 0.05]
    parts = []
    if published:
        none = sum(number(row["empty"]) > 0.5 for row in published)
        parts.append(
            f"With published gates the rule marks {span(published, 'above')} of the channels instead of "
            f"{share(NORMAL)}, and on {none} of {nets(published)} none at all for most samples"
        )
    if fitted:
        parts.append(f"with gates fitted to a frozen net it marks {span(fitted, 'above')}")
    still = [name(str(row["data"])) for row in published if number(row["share"]) >= CONSTANT]
    constant = f" On {series(still)} the published gates hardly depend on the sample." if still else ""
    numbers = tuple(
        f"{name(str(row['data']))}, {row['gates']}: marked {share(number(row['above']), 1)}, none for "
        f"{share(number(row['empty']))} of the samples; constant {share(number(row['share']))}; not normal by Shapiro "
        f"and Wilk's test {share(number(row['rejected']))}"
        for row in rows
    )
    return Answer(verdict(len(good), len(rows)), f"{'; '.join(parts)}.{constant}", numbers)


def on_agreement(found: Mapping[str, Mapping], masses: Mapping[str, Mapping], titles: Mapping[str, str]) -> Answer:
    """Holds where the SE map agrees with each gradient map at a rank correlation ρ from 0.8 on, for each kind of gates.

    `found` and `masses` hold by gates what `cache.agreement` and `cache.localisation` return, `titles` the methods.
    """
    samples = next(iter(found.values()))["samples"]
    rhos = [", ".join(f"{title} {one[key]:.2f}" for key, title in titles.items()) for one in found.values()]
    kinds = [f"{KINDS[gates]} gates {words}" for gates, words in zip(found, rhos, strict=True)]
    told = f"Rank correlation ρ with the SE map on {samples} photographs: {'; '.join(kinds)}. "
    placed = {gates: against(*one["difference"]) for gates, one in masses.items()}
    words = " and ".join(f"{word} GradCAM with {KINDS[gates]} gates" for gates, word in placed.items())
    told += f"Where the evidence is known (drawn scenes), SE lies {words}."
    numbers = [
        f"{gates} gates, the plain mean of all channels (no SE): ρ {one['mean']:.2f}" for gates, one in found.items()
    ]
    for gates, one in masses.items():
        (se, half), (cam, other), (gap, width) = one["se"], one["gradcam"], one["difference"]
        numbers.append(
            f"{KINDS[gates]} gates, mass on the evidence over its area: SE {se:.2f} ± {half:.2f}, GradCAM on the "
            f"same net {cam:.2f} ± {other:.2f}, paired difference {gap:+.2f} ± {width:.2f}".replace("-", "−")
        )
    met = [one[key] >= AGREE for one in found.values() for key in titles]
    return Answer(verdict(sum(met), len(met)), told, tuple(numbers))


def on_faces_and_speakers(found: Sequence[Kept], models: Sequence[str]) -> Answer:
    """Holds where the top 10 % of SE values keep more than as many random channels, on each net and kind of gates."""
    some = [one for one in found if one.model in models]
    if not some:
        return Answer(OPEN, MISSING)
    parts = {}
    for gates, words in (("paper", "Published gates keep"), ("fitted", "Gates fitted to the frozen net keep")):
        best = [max(mine, key=lambda one: one.keep) for model in models if (mine := of_kind(some, gates, model))]
        clauses = [f"{one.measure} {one.keep:.2f} of {one.whole:.2f} on {name(one.data)}{chance(one)}" for one in best]
        parts[gates] = f"{words} {' and '.join(clauses)}." if clauses else ""
    met = [one.keep > one.random for one in some]
    told = f"By the top 10 % of the channels alone: {parts['paper'][:1].lower()}{parts['paper'][1:]} {parts['fitted']}"
    return Answer(verdict(sum(met), len(met)), told.strip(), tuple(map(line, some)))


def on_ten_percent(found: Sequence[Kept], table: Table | None) -> Answer:
    """Holds for gates whose top 10 % keep the whole net's score but for 5 points."""
    close = [one for one in found if one.whole - one.keep <= CLOSE]
    published, fitted = of_kind(found, "paper"), of_kind(found, "fitted")
    lost = [one for one in published if one.pooled > one.keep]
    by_kind = (("fitted", fitted), ("paper", published))
    few, none = (f"{len(of_kind(close, kind))} of {len(some)}" for kind, some in by_kind)
    told = (
        f"The top 10 % alone come within {100 * CLOSE:.0f} points of the whole net with {few} gates fitted to a frozen "
        f"net and with {none} published ones; with {len(lost)} of those the 10 % of largest activation, without SE, "
        "keep more. "
    )
    told += on_reach(table)
    return Answer(verdict(len(close), len(found)), told.strip(), tuple(map(line, found)))


def on_reach(table: Table | None) -> str:
    """Return from which percentage on fitted gates come close to the whole net, as a sentence."""
    if table is None:
        return "Other percentages are not measured."
    found = [start for (_, gates), start in reached(table).items() if gates != "paper" and start is not None]
    if not found:
        return "Fitted gates get there at no percentage that was measured."
    return f"Fitted gates get there from {np.median(found):g} % on in the median ({min(found):g} to {max(found):g} %)."


def on_price(table: Table | None) -> Answer:
    """Holds where the SE map takes at most 1.1 times as long as a bare forward pass."""
    rows = [] if table is None else [row for row in table.dicts() if row["ratio"] not in ("", None)]
    ours = [row for row in rows if str(row["method"]).partition(":")[0] == "se"]
    if not ours:
        return Answer(OPEN, MISSING)
    parts = []
    for row in ours:
        rest = {str(one["what"]): number(one["ratio"]) for one in rows if one["input"] == row["input"]}
        rest = {what: ratio for what, ratio in rest.items() if what in RIVALS}
        others = ", ".join(f"{what} {ratio:.1f}" for what, ratio in rest.items())
        parts.append(f"{row['input']} {number(row['ratio']):.2f}" + (f" ({others})" if others else ""))
    told = f"Time of the SE map, where a bare forward pass is 1: {'; '.join(parts)}."
    numbers = tuple(
        f"{row['input']}, {row['what']}: {number(row['ratio']):.2f} ({number(row['low']):.2f} to "
        f"{number(row['high']):.2f})"
        for row in rows
    )
    return Answer(verdict(sum(number(row["ratio"]) <= CHEAP for row in ours), len(ours)), told, numbers)


def verdict(met: int, of: int) -> str:
    """Return the word for how many of all cases meet the rule."""
    return HOLDS if met == of else PARTLY if met else FAILS


def line(one: Kept) -> str:
    """Return what a net keeps, as a line of numbers."""
    return (
        f"{name(one.data)}, {one.model}, {one.gates}: {one.measure} {one.keep:.2f} of {one.whole:.2f}; as many at "
        f"random {one.random:.2f}, of largest activation {one.pooled:.2f}"
    )


def chance(one: Kept) -> str:
    """Return how random channels compare."""
    return f" ({'less' if one.keep < one.random else 'more'} than random channels, {one.random:.2f})"


def against(gap: float, half: float) -> str:
    """Return where a paired difference with half its interval places the first."""
    return "behind" if gap + half < 0 else "ahead of" if gap - half > 0 else "level with"


def where(one: Difference) -> str:
    """Return data set and measure."""
    return f"{name(one.data)}, {one.measure}"


def nets(some: Sequence) -> str:
    """Return how many they are, with the word."""
    return f"{len(some)} net{'' if len(some) == 1 else 's'}"


def span(rows: Sequence[Mapping], column: str) -> str:
    """Return the lowest and the highest of a column in per cent."""
    low, high = (f"{100 * pick(number(row[column]) for row in rows):.0f}" for pick in (min, max))
    return f"{high} %" if low == high else f"{low} to {high} %"
