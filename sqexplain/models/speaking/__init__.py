"""Nets that watch a face and listen: is this person speaking?"""

from sqexplain.models.speaking.bias import BiasSpeaker, adapt_bias
from sqexplain.models.speaking.light import LightSpeaker, adapt_light
from sqexplain.models.speaking.small import SmallSpeaker
from sqexplain.models.speaking.twostream import FaceStream, Junction, TwoStream

__all__ = [
    "BiasSpeaker",
    "FaceStream",
    "Junction",
    "LightSpeaker",
    "SmallSpeaker",
    "TwoStream",
    "adapt_bias",
    "adapt_light",
]
