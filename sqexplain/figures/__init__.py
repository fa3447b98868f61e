"""The paper's tables and figures, measured anew: each a table, files for a paper, and a view in the app."""

from sqexplain.figures.accuracy import Accuracy
from sqexplain.figures.base import Figure, FigureSettings
from sqexplain.figures.build import Stage, Waiting, make_figures
from sqexplain.figures.cost import Cost
from sqexplain.figures.grid import Grid
from sqexplain.figures.measured import measured
from sqexplain.figures.percentages import Percentages
from sqexplain.figures.registry import FIGURES
from sqexplain.figures.table import Table
from sqexplain.figures.values import Values

__all__ = [
    "FIGURES",
    "Accuracy",
    "FigureSettings",
    "Cost",
    "Figure",
    "Grid",
    "Percentages",
    "Stage",
    "Table",
    "Values",
    "Waiting",
    "make_figures",
    "measured",
]
