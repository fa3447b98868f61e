"""Measuring maps where the truth is known: do they lie on the evidence, do they find a planted shortcut?"""

from sqexplain.evaluation.localisation.attributes import localise_attributes
from sqexplain.evaluation.localisation.clips import DILATION, dilated, localise_clips, mouth_shares
from sqexplain.evaluation.localisation.pictures import flips, localise

__all__ = ["DILATION", "dilated", "flips", "localise", "localise_attributes", "localise_clips", "mouth_shares"]
