"""The people in a video: found, followed and cut out as speaker detectors want them."""

from sqexplain.people.detection import find_faces
from sqexplain.people.finding import find_people
from sqexplain.people.footage import Footage, Person

__all__ = ["Footage", "Person", "find_faces", "find_people"]
