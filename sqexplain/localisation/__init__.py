"""Measuring maps where the truth is known: do they lie on the evidence, do they find a planted shortcut?"""

from sqexplain.localisation.attributes import localise_attributes
from sqexplain.localisation.clips import DILATION, dilated, localise_clips, mouth_shares
from sqexplain.localisation.pictures import flips, localise

__all__ = ["DILATION", "dilated", "flips", "localise", "localise_attributes", "localise_clips", "mouth_shares"]
