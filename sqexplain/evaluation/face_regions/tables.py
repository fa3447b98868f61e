"""What a survey found as rows and as a file for a spreadsheet."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields

from sqexplain.evaluation.face_regions.survey import Survey
from sqexplain.evaluation.face_regions.template import REGIONS, parts
from sqexplain.media import csv_bytes


@dataclass(frozen=True)
class Row:
    """One part of the face, for one attribute, method and group of faces.

    Attributes:
        share, share_interval: of the map's mass in the part, mean and half the 95 % interval.
        area: share of the picture that the part covers: what a map without any preference would have.
        change, change_interval: of the logit when the part is blurred; negative where it speaks for the attribute.
        faces: how many.
    """

    attribute: str
    method: str
    group: str
    region: str
    share: float
    share_interval: float
    area: float
    change: float
    change_interval: float
    faces: int


def table_rows(survey: Survey, by: Sequence[str] = ()) -> Iterator[Row]:
    """Yield a row for each method, group and part."""
    areas = [float(mask.mean()) for mask in parts(*survey.pictures.shape[1:3]).values()]
    for method in survey.shares:
        for group in survey.groups(by):
            found = zip(REGIONS, survey.share(method, group), areas, survey.change(group), strict=True)
            count = int(survey.members(group).sum())
            for region, share, area, change in found:
                yield Row(survey.attribute, method, group.name, region, *share, area, *change, count)


def table_file(rows: Sequence[Row]) -> bytes:
    """Return the rows as a CSV file with a header; numbers with six digits, nothing where there is no number."""
    cells = ([None if cell != cell else cell for cell in astuple(row)] for row in rows)
    return csv_bytes([[field.name for field in fields(Row)], *cells])
