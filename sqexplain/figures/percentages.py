"""How much is 10 %: what a net answers with only, and without, the chosen channels, from 1 to 100 % of them."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from sqexplain.drawing.curves import Curves, draw_curves
from sqexplain.features import Features, extract
from sqexplain.figures.base import FigureSettings
from sqexplain.figures.inputs import OfGates, opened
from sqexplain.figures.table import Row, Table
from sqexplain.gates.selection import Z, count, gaussian_rule, top_channels
from sqexplain.progress import Progress

PAPER = 10  # the per cent of the paper
STEPS = (*range(1, 11), *range(12, 21, 2), *range(25, 101, 5))  # per cent; finer where the curves bend
MARKS = (2, 5, 10, 20, 50)  # per cent that the axis names
CHOICES = {"gates": "", "random": " random", "pooled": " pooled"}  # what channels are chosen by -> end of the columns
DRAWS = 4  # of random channels


class Percentages(OfGates):
    """Keep and drop for every percentage, of every net that ships with gates."""

    name = "percentages"

    def measure(self, settings: FigureSettings, part: str) -> Iterator[Progress | Table]:
        """Yield progress, then a row for each percentage and one for the paper's rule."""
        classifier, data = opened(settings, part)
        features = yield from extract(classifier, data, settings.limit)
        head: Row = {"model": classifier.spec.name, "title": classifier.spec.title, "gates": classifier.gates}
        head |= {"data": data.name, "measure": features.task.measure}
        head |= {"whole": features.retained_by_all(), "samples": len(features.vectors)}
        rows, total = [], features.vectors.shape[1]
        steps = sorted({count(percent, total): percent for percent in reversed(STEPS)}.items())
        for done, (channels, percent) in enumerate(steps):
            row: Row = {"rule": "top", "percent": percent, "channels": channels}
            rows.append(head | row | kept(features, percent, settings))
            yield Progress(done + 1, len(steps) + 1)
        yield Table.of([*rows, head | by_rule(features)])

    def draw(self, table: Table, format: str, settings: FigureSettings) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002
        """Yield the curves, a panel for each net."""
        panels = [panel(table.where(model=model, gates=gates)) for model, gates in table.distinct("model", "gates")]
        text = (
            "With only (solid) and without (dashed) the channels of largest SE value, the others 0; thin: as many "
            f"channels at random (mean of {DRAWS} draws), dotted: as many of largest activation. The line marks the "
            f"paper's 10 %, the diamonds mean + {Z} standard deviations. {self.command}"
        )
        yield self.name, draw_curves(panels, MARKS, PAPER, text, format)


def kept(features: Features, percent: float, settings: FigureSettings) -> Row:
    """Return the measure with only and without a percentage of the channels, by gates and by the controls."""
    cells: Row = {}
    for by, end in CHOICES.items():
        seeds = range(settings.seed, settings.seed + (DRAWS if by == "random" else 1))
        pairs = []
        for seed in seeds:
            masks = [top_channels(ranks(features, by, question, seed), percent) for question in features.questions]
            pairs.append(both(features, masks))
        cells[f"keep{end}"], cells[f"drop{end}"] = map(float, np.mean(pairs, 0))
    return cells


def ranks(features: Features, by: str, question: int, seed: int) -> Tensor:
    """Return what the channels are chosen by, (N, C): "gates", "pooled" values, or chance, one set for all."""
    if by == "gates":
        return features.gates(question)
    if by == "pooled":
        return features.vectors
    rng = torch.Generator().manual_seed(seed)
    return torch.rand(features.vectors.shape[1], generator=rng).to(features.vectors.device).expand_as(features.vectors)


def by_rule(features: Features) -> Row:
    """Return the same for the channels above mean + 1.282 standard deviations, which may be none."""
    masks = [gaussian_rule(features.gates(question)) for question in features.questions]
    keep, drop = both(features, masks)
    counts = torch.stack([mask.sum(1).double() for mask in masks])  # (questions, N)
    channels = counts.mean().item()
    cells: Row = {"rule": "paper", "percent": 100 * channels / features.vectors.shape[1], "channels": channels}
    return cells | {"keep": keep, "drop": drop, "empty": (counts == 0).double().mean().item()}


def both(features: Features, masks: list[Tensor]) -> tuple[float, float]:
    """Return the measure with only and without the channels of the masks (N, C), a mean over the questions."""
    pairs = [[features.retained(one, question) for one in (mask, ~mask)] for question, mask in enumerate(masks)]
    keep, drop = np.nanmean(pairs, 0)
    return float(keep), float(drop)


def panel(table: Table) -> Curves:
    """Return the rows of one net as they are drawn."""
    top, rule = table.where(rule="top"), table.where(rule="paper")
    first = table.dicts()[0]
    lines = {name: top.numbers(name) for by in CHOICES.values() for name in (f"keep{by}", f"drop{by}")}
    mark = (float(rule.numbers("percent")[0]), float(rule.numbers("keep")[0]), float(rule.numbers("drop")[0]))
    title = f"{first['model']}, {first['gates']} ({first['measure']})"
    return Curves(title, top.numbers("percent"), lines, mark)
