"""How SE values are distributed, for every net and data set: the paper's figure 3, with what it takes for granted."""

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from sqexplain.drawing.distributions import Distribution, draw_distributions, draw_quantiles
from sqexplain.features import Features, extract
from sqexplain.figures.base import FigureSettings
from sqexplain.figures.inputs import OfGates, opened
from sqexplain.figures.table import Row, Table
from sqexplain.gates.selection import NOMINAL, Z, gaussian_rule
from sqexplain.metrics.channels import channel_share
from sqexplain.metrics.normality import (
    BINS,
    bin_edges,
    centre,
    gate_histogram,
    moments,
    normal_quantiles,
    rejected,
    shapiro_wilk,
    standardised_quantiles,
)
from sqexplain.progress import Progress

STEPS = 40  # between quantiles
NOTES = {"not normal": "rejected", "above": "above", "constant": "share"}
MOST = 4000  # vectors of a group whose quantiles and moments are taken


class Values(OfGates):
    """Distributions of the gates of every net that ships with gates."""

    name = "values"

    def measure(self, settings: FigureSettings, part: str) -> Iterator[Progress | Table]:
        """Yield progress, then a row for all samples and one for each class or attribute."""
        classifier, data = opened(settings, part)
        features = yield from extract(classifier, data, settings.limit)
        head = {
            "model": classifier.spec.name,
            "title": classifier.spec.title,
            "gates": classifier.gates,
            "data": data.name,
        }
        yield Table.of([head | row for row in rows(features)])

    def draw(self, table: Table, format: str, settings: FigureSettings) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002
        """Yield the histograms, centred and raw, and the quantiles against those of a normal distribution."""
        whole = table.where(group="")
        counts = ", ".join(f"{data} {int(float(n)):,}" for data, n in whole.distinct("data", "samples"))
        text = (
            f"All SE values of the test samples ({counts}). Dashed: mean + {Z} standard deviations, above which "
            f"{100 * NOMINAL:.1f} % of a normal distribution lie; above: the share of each vector that does. Not "
            "normal: share of the vectors that the Shapiro-Wilk test rejects at 5 %. Constant: share of the variance "
            f"that belongs to the channel, not to the sample. {self.command}"
        )
        for form, title in (("centred", "SE value minus the mean of its vector"), ("raw", "SE value")):
            yield f"{self.name}_{form}", draw_distributions(drawn(whole, form), title, text, format)
        lines = [(name_of(row), quantiles_of(row)) for row in whole.dicts()]
        text = (
            f"Quantiles of the centred SE values (vertical) of the test samples ({counts}) against those of a normal "
            f"distribution (horizontal), both in standard deviations; a normal one lies on the line. {self.command}"
        )
        yield f"{self.name}_quantiles", draw_quantiles(lines, normal_quantiles(STEPS), text, format)


def rows(features: Features) -> Iterator[Row]:
    """Yield a row of numbers for all vectors, then one for each group that has two at least."""
    whole, constant = features.score_gated(), features.score_gated(mean=True)
    applied = {"whole": whole, "mean gates": constant, "measure": features.task.metric}
    yield {"group": "", "samples": len(features.vectors)} | described(features.distinct_gates()) | applied
    for index, name in enumerate(features.classes):
        if len(own := features.group(index)) > 1:
            yield {"group": name, "samples": len(own)} | described([own])


def described(vectors: list[Tensor]) -> Row:
    """Return the numbers of gates (N, C), of several sets together; what is constant is judged within each set."""
    arrays = [one.cpu().numpy().astype(np.float64) for one in vectors]
    raw = np.concatenate(arrays)  # (n, C)
    centred = centre(raw)
    few = centred[np.linspace(0, len(centred) - 1, min(len(centred), MOST)).round().astype(int)].ravel()
    skewness, kurtosis = moments(few)
    tests = np.array([shapiro_wilk(one.mean(0)) for one in arrays])  # (sets, 2)
    w, p = tests[:, 0].mean(), tests[:, 1].max()  # the largest p: where that rejects, every set is rejected
    counts = np.concatenate([gaussian_rule(one).sum(1).cpu().numpy() for one in vectors])  # (n,)
    found: Row = {
        **{"channels": raw.shape[1], "mean": raw.mean(), "sd": centred.std(), "skewness": skewness},
        **{"kurtosis": kurtosis, "w": w, "p": p, "rejected": rejected(raw)},
        **{"above": counts.mean() / raw.shape[1], "empty": float((counts == 0).mean())},
        "share": float(np.mean([channel_share(one) for one in vectors])),
        "spread": float(np.mean([one.std(0).mean() for one in arrays])),
    }
    raws, centreds = gate_histogram(raw, "raw"), gate_histogram(centred, "centred")
    quantiles = standardised_quantiles(few, STEPS)
    found |= {f"r{number:02}": int(count) for number, count in enumerate(raws)}
    found |= {f"c{number:02}": int(count) for number, count in enumerate(centreds)}
    return found | {f"q{number:02}": float(value) for number, value in enumerate(quantiles, 1)}


def counts_of(row: Row, form: str) -> np.ndarray:
    """Return the histogram of a row, "raw" (40,) over [0, 1] or "centred" (60,) over [-1, 1], as shares of 1."""
    counts = np.array([float(row[f"{form[0]}{number:02}"]) for number in range(BINS[form][0])])
    return counts / max(counts.sum(), 1)


def quantiles_of(row: Row) -> np.ndarray:
    """Return the quantiles of a row, (39,)."""
    return np.array([float(row[f"q{number:02}"]) for number in range(1, STEPS)])


def threshold_of(row: Row, form: str) -> float:
    """Return where mean + 1.282 standard deviations lie, for all values of a row together."""
    return Z * float(row["sd"]) + (float(row["mean"]) if form == "raw" else 0)


def name_of(row: Row) -> str:
    """Return net and gates of a row."""
    return f"{row['model']}, {row['gates']}"


def drawn(table: Table, form: str) -> list[Distribution]:
    """Return the rows of a table as they are drawn."""
    return [
        Distribution(
            name_of(row),
            counts_of(row, form),
            bin_edges(form),
            threshold_of(row, form),
            "  ".join(f"{name} {100 * float(row[key]):.0f} %" for name, key in NOTES.items()),
        )
        for row in table.dicts()
    ]
