"""From a sample to heatmaps at its own resolution: one pass through the net serves every method."""

from sqexplain.explanation.explaining import explain
from sqexplain.explanation.influence import influence, influences
from sqexplain.explanation.reading import Reading, read
from sqexplain.explanation.result import Explanation, Maps
from sqexplain.explanation.scoring import score_frames

__all__ = ["Explanation", "Maps", "Reading", "explain", "influence", "influences", "read", "score_frames"]
