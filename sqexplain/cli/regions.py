"""`regions`: where the maps of an attribute lie on a face, and what the net needs, as a table for a spreadsheet."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from .console import note, progress, say, table
from .data_options import Data, Device, Root, open_split

DEFAULT = ("se_class:percent=10", "gradcam")


def regions(
    model: Annotated[str, Argument(help="Name of a model of faces, see `models`.")] = "drawn-faces",
    target: Annotated[str | None, Option(help="Attributes, as A,B; without it all that one can see.")] = None,
    by: Annotated[str | None, Option(help="Also for the groups with and without these attributes, as A,B.")] = None,
    faces: Annotated[str, Option(help="Which faces, by their label: with the attribute, without it, or all.")] = "with",
    method: Annotated[list[str] | None, Option(help=f"Method, repeatable. Without it {' and '.join(DEFAULT)}.")] = None,
    gates: Annotated[str | None, Option(help="SE block: class, sparse, paper or none; else the usual.")] = None,
    weights: Annotated[Path | None, Option(help="Weights of your own instead of the shipped ones.")] = None,
    data: Data = None,
    root: Root = None,
    split: Annotated[str, Option(help="Part of the data.")] = "test",
    limit: Annotated[int, Option(help="Faces for each attribute, evenly spread.", min=2)] = 200,
    path: Annotated[Path, Option("--out", help="Table to write (CSV).")] = Path("regions.csv"),
    device: Device = "auto",
) -> None:
    """Measure, for each attribute, the share of the map in each part of the face, and what covering the part changes.

    Rows: attribute, method, group of faces, part; means with half their 95 % intervals.
    """
    import sqexplain as sx
    from sqexplain.evaluation.face_regions import VISIBLE, table_file, table_rows
    from sqexplain.media import write_bytes

    classifier = sx.load_model(model, gates=gates, weights=weights, device=device)
    if not classifier.spec.multilabel:
        raise ValueError(f"{model!r} has no attributes of a face; take a model of faces such as 'drawn-faces'")
    opened = open_split(model, data, split, root)
    names = [name.strip() for name in target.split(",")] if target else [n for n in VISIBLE if n in classifier.classes]
    groups = [classifier.classes[classifier.class_index(name.strip())] for name in by.split(",")] if by else []
    for name in names:
        classifier.target(name)  # a name that is wrong stops here, before the first face is looked at
    methods = method or [one for one in DEFAULT if classifier.gates != "none" or not one.startswith("se")]
    rows: list = []
    with progress() as bar:
        for found in surveys(classifier, opened, names, methods, faces, limit, bar):
            rows += table_rows(found, groups)
    write_bytes(path, table_file(rows))
    report([row for row in rows if row.group == "all"])
    say(f"wrote {path}: {len(rows)} rows")


def surveys(classifier, opened, names: list[str], methods: list[str], faces: str, limit: int, bar):
    """Yield what is found for each attribute, with a bar; one that no face has is told and left out."""
    from sqexplain.evaluation.face_regions import survey
    from sqexplain.progress import Progress

    task = bar.add_task("faces", total=None)
    for name in names:
        try:
            for row in survey(classifier, opened, name, methods, faces, limit):
                if isinstance(row, Progress):
                    bar.update(task, description=name, completed=row.done, total=row.of)
                else:
                    yield row
        except ValueError as error:
            if len(names) == 1 or "no face" not in str(error):
                raise
            note(str(error))


def report(rows: list) -> None:
    """Print for each attribute and method the parts with the largest share, and the part whose cover costs most."""
    lines: dict[tuple[str, str], list] = {}
    for row in rows:
        lines.setdefault((row.attribute, row.method), []).append(row)
    cells = []
    for (attribute, method), found in lines.items():
        first, second = sorted(found, key=lambda row: -row.share)[:2]
        needed = min(found, key=lambda row: row.change)
        looks = ", ".join(f"{row.region} {row.share:.0%} ± {row.share_interval:.0%}" for row in (first, second))
        needs = f"{needed.region} {needed.change:+.2f} ± {needed.change_interval:.2f}"
        cells.append((attribute, method, found[0].faces, looks, needs))
    table(("attribute", "method", "faces", "most of the map", "costs most when covered"), cells, right=("faces",))
