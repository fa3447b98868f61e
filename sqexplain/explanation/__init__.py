"""From a sample to heatmaps at its own resolution: one pass through the net serves every method."""

from sqexplain.explanation.explainer import explain
from sqexplain.explanation.forward_pass import Reading, read
from sqexplain.explanation.influence import influence, influences
from sqexplain.explanation.maps import Maps
from sqexplain.explanation.predict import score_frames
from sqexplain.explanation.result import Explanation

__all__ = ["Explanation", "Maps", "Reading", "explain", "influence", "influences", "read", "score_frames"]
