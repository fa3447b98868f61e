"""Our verdicts on the claims of the paper, with sentences whose numbers all come from tables and cards.

Each function says in its first line by which rule it decides; shares are in 0..1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sqexplain.figures.table import Table
from sqexplain.registry import series
from sqexplain.ui.paper.summaries import (
    CLOSE,
    Difference,
    Kept,
    differences,
    name,
    number,
    of_kind,
    plain_measure,
    reached,
    share,
)

HOLDS, PARTLY, FAILS, OPEN = "holds", "holds in part", "does not hold", "not measured"
CONSTANT = 0.9  # share of the variance that belongs to the channel
AGREE = 0.8  # rank correlation
CHEAP = 1.1  # times a bare forward pass
NORMAL = 0.1  # above mean + 1.282 standard deviations
NO_LOSS = "No loss exceeds its 95 % interval."
KINDS = {"paper": "published", "sparse": "sparse", "class": "class"}
RIVALS = ("GradCAM", "FullGrad")
MISSING = "Not measured yet; the command under the view creates the table."


@dataclass(frozen=True)
class Finding:
    """A verdict, its reason in two plain sentences, and the numbers behind it, a line each."""

    verdict: str
    text: str
    numbers: tuple[str, ...] = ()


def on_cost_of_se(table: Table) -> Finding:
    """Holds where no loss is larger than its 95 % interval; in part where some are, not at all where all are."""
    found = differences(table)
    judged = [one for one in found if not np.isnan(one.low)]
    if not judged:
        return Finding(OPEN, "No model was measured with enough seeds both with the published block and without it.")
    losses = [one for one in judged if one.high < 0]
    worst, best = (pick(found, key=lambda one: one.value) for pick in (min, max))
    text = f"The published block changes the score by {worst.text} ({where(worst)}) to {best.text} ({where(best)}). "
    beyond = f"Losses beyond the 95 % interval: {series([where(one) for one in losses])}."
    numbers = tuple(f"{where(one)}: {one.text}" for one in found)
    return Finding(verdict(len(judged) - len(losses), len(judged)), text + (beyond if losses else NO_LOSS), numbers)


def on_the_rule(table: Table | None) -> Finding:
    """Holds for gates of which the rule selects 5 to 15 %, and none at all for fewer than 5 % of the samples."""
    if table is None:
        return Finding(OPEN, MISSING)
    rows = table.where(group="").dicts()
    published = [row for row in rows if row["gates"] == "paper"]
    fitted = [row for row in rows if row["gates"] != "paper"]
    good = [row for row in rows if abs(number(row["above"]) - NORMAL) <= 0.05 and number(row["empty"]) < 0.05]
    parts = []
    if published:
        none = sum(number(row["empty"]) > 0.5 for row in published)
        parts.append(
            f"With published gates the rule selects {span(published, 'above')} of the channels instead of "
            f"{share(NORMAL)}, and for {none} of {models_in_words(published)} none at all in most samples"
        )
    if fitted:
        parts.append(f"with gates fitted to a frozen model it selects {span(fitted, 'above')}")
    still = [name(str(row["data"])) for row in published if number(row["share"]) >= CONSTANT]
    constant = f" On {series(still)} the published gates hardly depend on the sample." if still else ""
    numbers = tuple(
        f"{name(str(row['data']))}, {row['gates']}: selected {share(number(row['above']), 1)}, none for "
        f"{share(number(row['empty']))} of the samples; constant {share(number(row['share']))}; rejected as "
        f"normal {share(number(row['rejected']))}"
        for row in rows
    )
    return Finding(verdict(len(good), len(rows)), f"{'; '.join(parts)}.{constant}", numbers)


def on_agreement(found: Mapping[str, Mapping], masses: Mapping[str, Mapping], titles: Mapping[str, str]) -> Finding:
    """Holds where the SE map agrees with each gradient map at a rank correlation ρ from 0.8 on, for each kind of gates.

    `found` and `masses` hold by gates what `cache.agreement` and `cache.localisation` return, `titles` the methods.
    """
    samples = next(iter(found.values()))["samples"]
    rhos = [", ".join(f"{title} {one[key]:.2f}" for key, title in titles.items()) for one in found.values()]
    kinds = [f"{KINDS[gates]} gates {words}" for gates, words in zip(found, rhos, strict=True)]
    text = f"Rank correlation ρ with the SE map on {samples} photographs: {'; '.join(kinds)}. "
    placed = {gates: against(*one["difference"]) for gates, one in masses.items()}
    words = " and ".join(f"{word} GradCAM with {KINDS[gates]} gates" for gates, word in placed.items())
    text += f"Where the evidence is known (drawn scenes), SE is {words}."
    numbers = [f"{gates} gates, mean of all channels (no SE): ρ {one['mean']:.2f}" for gates, one in found.items()]
    for gates, one in masses.items():
        (se, half), (cam, other), (gap, width) = one["se"], one["gradcam"], one["difference"]
        numbers.append(
            f"{KINDS[gates]} gates, mass on the evidence relative to its area: SE {se:.2f} ± {half:.2f}, GradCAM on "
            f"the same model {cam:.2f} ± {other:.2f}, paired difference {gap:+.2f} ± {width:.2f}".replace("-", "−")
        )
    met = [one[key] >= AGREE for one in found.values() for key in titles]
    return Finding(verdict(sum(met), len(met)), text, tuple(numbers))


def on_faces_and_speakers(found: Sequence[Kept], models: Sequence[str]) -> Finding:
    """Holds where the top 10 % of SE values keep more than random channels, for each model and kind of gates."""
    some = [one for one in found if one.model in models]
    if not some:
        return Finding(OPEN, MISSING)
    parts = {}
    for gates, words in (("paper", "Published gates keep"), ("fitted", "Gates fitted to the frozen model keep")):
        best = [max(mine, key=lambda one: one.keep) for model in models if (mine := of_kind(some, gates, model))]
        clauses = [f"{one.measure} {one.keep:.2f} of {one.whole:.2f} on {name(one.data)}{chance(one)}" for one in best]
        parts[gates] = f"{words} {' and '.join(clauses)}." if clauses else ""
    met = [one.keep > one.random for one in some]
    text = f"With only the top 10 % of the channels: {parts['paper'][:1].lower()}{parts['paper'][1:]} {parts['fitted']}"
    return Finding(verdict(sum(met), len(met)), text.strip(), tuple(map(line, some)))


def on_ten_percent(found: Sequence[Kept], table: Table | None) -> Finding:
    """Holds for gates whose top 10 % keep the full score but for 5 points."""
    close = [one for one in found if one.whole - one.keep <= CLOSE]
    published, fitted = of_kind(found, "paper"), of_kind(found, "fitted")
    lost = [one for one in published if one.pooled > one.keep]
    by_kind = (("fitted", fitted), ("paper", published))
    few, none = (f"{len(of_kind(close, kind))} of {len(some)}" for kind, some in by_kind)
    text = (
        f"The top 10 % alone come within {100 * CLOSE:.0f} points of the full score for {few} gates fitted to a frozen "
        f"model and for {none} published ones; for {len(lost)} of those, the 10 % of channels with the largest "
        "activation, without SE, keep more. "
    )
    text += on_reach(table)
    return Finding(verdict(len(close), len(found)), text.strip(), tuple(map(line, found)))


def on_reach(table: Table | None) -> str:
    """Return from which percentage on fitted gates come close to the full score, as a sentence."""
    if table is None:
        return "Other percentages are not measured."
    found = [start for (_, gates), start in reached(table).items() if gates != "paper" and start is not None]
    if not found:
        return "Fitted gates reach this at none of the percentages measured."
    return f"Fitted gates reach this from {np.median(found):g} % on in the median ({min(found):g} to {max(found):g} %)."


def on_price(table: Table | None) -> Finding:
    """Holds where the SE map takes at most 1.1 times as long as a bare forward pass."""
    rows = [] if table is None else [row for row in table.dicts() if row["ratio"] not in ("", None)]
    ours = [row for row in rows if str(row["method"]).partition(":")[0] == "se"]
    if not ours:
        return Finding(OPEN, MISSING)
    parts = []
    for row in ours:
        rest = {str(one["what"]): number(one["ratio"]) for one in rows if one["input"] == row["input"]}
        rest = {what: ratio for what, ratio in rest.items() if what in RIVALS}
        others = ", ".join(f"{what} {ratio:.1f}" for what, ratio in rest.items())
        parts.append(f"{row['input']} {number(row['ratio']):.2f}" + (f" ({others})" if others else ""))
    text = f"Time of the SE map relative to a bare forward pass: {'; '.join(parts)}."
    numbers = tuple(
        f"{row['input']}, {row['what']}: {number(row['ratio']):.2f} ({number(row['low']):.2f} to "
        f"{number(row['high']):.2f})"
        for row in rows
    )
    return Finding(verdict(sum(number(row["ratio"]) <= CHEAP for row in ours), len(ours)), text, numbers)


def verdict(met: int, of: int) -> str:
    """Return the word for how many of all cases meet the rule."""
    return HOLDS if met == of else PARTLY if met else FAILS


def line(one: Kept) -> str:
    """Return what a model keeps, as a line of numbers."""
    kept = f"{plain_measure(one.measure)} {one.keep:.2f} of {one.whole:.2f}"
    controls = f"random channels {one.random:.2f}, of largest activation {one.pooled:.2f}"
    return f"{name(one.data)}, {one.model}, {one.gates}: {kept}; {controls}"


def chance(one: Kept) -> str:
    """Return how random channels compare."""
    return f" ({'less' if one.keep < one.random else 'more'} than random channels, {one.random:.2f})"


def against(gap: float, half: float) -> str:
    """Return where a paired difference with half its interval places the first."""
    return "behind" if gap + half < 0 else "ahead of" if gap - half > 0 else "level with"


def where(one: Difference) -> str:
    """Return data set and measure."""
    return f"{name(one.data)}, {one.measure}"


def models_in_words(some: Sequence) -> str:
    """Return how many they are, with the word."""
    return f"{len(some)} model{'' if len(some) == 1 else 's'}"


def span(rows: Sequence[Mapping], column: str) -> str:
    """Return the lowest and the highest of a column in per cent."""
    low, high = (f"{100 * pick(number(row[column]) for row in rows):.0f}" for pick in (min, max))
    return f"{high} %" if low == high else f"{low} to {high} %"
