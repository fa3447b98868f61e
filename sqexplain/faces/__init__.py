"""The people in a video, and the face in a photograph: found, followed and cut out as nets want them."""

from sqexplain.faces.alignment import AlignedFace, Nudge, align_face, align_faces, describe, nudged
from sqexplain.faces.detection import find_faces
from sqexplain.faces.finding import find_people
from sqexplain.faces.footage import Footage, Person

__all__ = [
    "AlignedFace",
    "Footage",
    "Nudge",
    "Person",
    "align_face",
    "align_faces",
    "describe",
    "find_faces",
    "find_people",
    "nudged",
]
