"""What leaves the page "Faces": the files of every page, and the table of the parts of the face."""

from collections.abc import Mapping, Sequence
from functools import partial

from sqexplain.evaluation import face_regions
from sqexplain.evaluation.face_regions import REGIONS, shares
from sqexplain.ui.downloads import Download, picture_files
from sqexplain.ui.face import parts
from sqexplain.ui.face.payload import FaceView
from sqexplain.ui.page_model import Row


def files(view: FaceView, rows: Sequence[Row], changes: Sequence[parts.Change], settings: Mapping) -> list[Download]:
    """Return the files of a face; its rows were made within the run, whose session alone keeps what follows from it."""
    *others, picture = picture_files(view, rows, settings)
    text = "Each attribute, method and part: share of the map, area, change of the logit when the part is blurred."
    make = partial(regions_file, view, rows, changes)
    return [*others, Download("Regions (CSV)", f"{view.stem}_regions.csv", make, text), picture]


def regions_file(view: FaceView, rows: Sequence[Row], changes: Sequence[parts.Change]) -> bytes:
    """Return the table of the parts of this face; one face has no interval."""
    areas, none = parts.area(view), float("nan")
    found = []
    for row, change in zip(rows, changes, strict=True):
        for one in row.explanations:
            known = zip(REGIONS, shares(one.heatmap), areas, change.logits, strict=True)
            head = (row.reading.target_names[0], one.method, view.sample.name)
            found += [
                face_regions.Row(*head, region, float(share), none, float(area), float(logit), none, 1)
                for region, share, area, logit in known
            ]
    return face_regions.table_file(found)
