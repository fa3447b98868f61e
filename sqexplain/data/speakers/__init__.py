"""Data sets of people who speak or do not: tracks of one face each, with sound and a label for every frame."""

from sqexplain.data.speakers.ava import Ava
from sqexplain.data.speakers.wasd import Wasd

__all__ = ["Ava", "Wasd"]
