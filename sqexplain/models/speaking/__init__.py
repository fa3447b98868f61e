"""Nets that watch a face and listen: is this person speaking?"""

from sqexplain.models.speaking.small import SmallSpeaker
from sqexplain.models.speaking.twostream import FaceStream, Junction, TwoStream

__all__ = ["FaceStream", "Junction", "SmallSpeaker", "TwoStream"]
