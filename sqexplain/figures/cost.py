"""What each map costs: its time by that of a bare forward pass of the same net, for a picture, a batch and a clip."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from sqexplain.drawing.ratios import Ratios, draw_ratios
from sqexplain.evaluation.speed.per_method import INPUTS, Price, costs
from sqexplain.figures.base import Figure, FigureSettings
from sqexplain.figures.table import Cell, Row, Table
from sqexplain.progress import Progress

ANSWERS = {True: "yes", False: "no"}
HOW = (
    "Each method alone, from the input of the net with its SE block to heatmaps at the size of the input. 1 is the "
    "forward pass of the net without the block and without gradients, run just before and just after it"
)


class Cost(Figure):
    """The time of every map as a ratio to a bare forward pass; weights do not matter for it and are random."""

    name = "cost"

    def parts(self, settings: FigureSettings) -> list[str]:  # noqa: ARG002
        """Return the inputs; nothing but the net is needed for them."""
        return list(INPUTS)

    def measure(self, settings: FigureSettings, part: str) -> Iterator[Progress | Table]:
        """Yield progress after every pair of runs, then a row for the bare pass and one for each method."""
        rows = []
        for step in costs(settings.repeats, inputs=(part,)):
            if isinstance(step, Progress):
                yield step
            else:
                rows.append(row(step))
        yield Table.of(rows)

    def draw(self, table: Table, format: str, settings: FigureSettings) -> Iterator[tuple[str, bytes]]:  # noqa: ARG002
        """Yield the bars, a panel for each input that was measured."""
        inputs = [name for (name,) in table.distinct("input")]
        panels = [Ratios(INPUTS.get(name, name), bars(table.where(input=name))) for name in inputs]
        pale = [label(one) for one in table.where(control="yes").dicts()]
        yield self.name, draw_ratios(panels, pale, "time by that of a bare forward pass", self.caption(table), format)

    def caption(self, table: Table) -> str:
        """Return what stands under the bars."""
        conditions = "; ".join(setting for (setting,) in table.distinct("setting"))
        return (
            f"{HOW}. Bars: median over the turns; lines: smallest and largest. In the first row a bare pass is "
            f"compared with others, so what is not 1 there is noise. Pale: controls. {conditions}. {self.command}"
        )


def row(price: Price) -> Row:
    """Return what one method costs as a row of the table."""
    return asdict(price) | {"control": ANSWERS[price.control]}


def bars(table: Table) -> dict[str, tuple[float, float, float]]:
    """Return what is drawn of the rows of one input: label -> ratio, the smallest and the largest over the turns."""
    spreads = zip(*(table.numbers(name).tolist() for name in ("ratio", "low", "high")), strict=True)
    return dict(zip(map(label, table.dicts()), spreads, strict=True))


def label(row: Mapping[str, Cell]) -> str:
    """Return what a reader calls a row: the title of a method, "control: ..." for a yardstick."""
    what = str(row["what"])
    return f"control: {what[0].lower()}{what[1:]}" if row["control"] == "yes" else what
