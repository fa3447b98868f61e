"""Nets that watch a face and listen: is this person speaking?"""

from sqexplain.models.nets.speech.bias import BiasSpeaker, adapt_bias
from sqexplain.models.nets.speech.light import LightSpeaker, adapt_light
from sqexplain.models.nets.speech.small import SmallSpeaker
from sqexplain.models.nets.speech.twostream import FaceStream, Junction, TwoStream

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
