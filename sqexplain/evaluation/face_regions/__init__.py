"""The parts of an aligned face: how much of a map lies on each, what the net says when one is covered, for whom."""

from sqexplain.evaluation.face_regions.occlusion import Occlusion, cover, occlude, occlusions
from sqexplain.evaluation.face_regions.survey import Group, Survey, survey
from sqexplain.evaluation.face_regions.tables import Row, table_file, table_rows
from sqexplain.evaluation.face_regions.template import (
    EXPECTED,
    IDENTITY,
    REGIONS,
    VISIBLE,
    boxes,
    evidence,
    parts,
    shares,
)

__all__ = [
    "EXPECTED",
    "IDENTITY",
    "REGIONS",
    "VISIBLE",
    "Group",
    "Occlusion",
    "Row",
    "Survey",
    "boxes",
    "cover",
    "evidence",
    "occlude",
    "occlusions",
    "parts",
    "shares",
    "survey",
    "table_file",
    "table_rows",
]
