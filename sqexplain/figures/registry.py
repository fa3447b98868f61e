"""The figures by name, in the order in which a reader meets them."""

from sqexplain.figures.accuracy import Accuracy
from sqexplain.figures.base import Figure
from sqexplain.figures.cost import Cost
from sqexplain.figures.grid import Grid
from sqexplain.figures.percentages import Percentages
from sqexplain.figures.values import Values

FIGURES: dict[str, Figure] = {one.name: one for one in (Accuracy(), Values(), Grid(), Percentages(), Cost())}
