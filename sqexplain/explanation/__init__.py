"""From a sample to heatmaps at its own resolution: one pass through the net serves every method."""

from sqexplain.explanation.explaining import explain
from sqexplain.explanation.reading import Reading, read
from sqexplain.explanation.result import Explanation

__all__ = ["Explanation", "Reading", "explain", "read"]
