"""From a sample to heatmaps at its own resolution: one pass through the net serves every method."""

from sqexplain.explanation.explainer import explain
from sqexplain.explanation.forward_pass import ForwardPass, read
from sqexplain.explanation.influence import influence, influences
from sqexplain.explanation.maps import Maps
from sqexplain.explanation.predict import predict_frames
from sqexplain.explanation.result import Explanation

__all__ = ["Explanation", "ForwardPass", "Maps", "explain", "influence", "influences", "predict_frames", "read"]
