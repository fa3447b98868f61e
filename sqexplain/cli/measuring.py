"""`evaluate` and `bench`: how good the answers and the gates are, and how fast the maps."""

import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from .console import err, note, print_json, progress, table, write_json
from .data_options import Data, Device, Download, Root, open_split
from .progress import watch

File = Annotated[Path | None, Option("--json", help="Write the numbers to this file, too.")]


def evaluate(
    model: Annotated[str, Argument(help="Name of a model, see `models`.", show_default=False)],
    gates: Annotated[str | None, Option(help="SE block: class, sparse, paper or none; else the usual.")] = None,
    weights: Annotated[Path | None, Option(help="Weights of your own instead of the shipped ones.")] = None,
    data: Data = None,
    root: Root = None,
    percent: Annotated[float, Option(help="Share of the channels that counts as chosen.", min=0.1, max=100)] = 10,
    limit: Annotated[int | None, Option(help="Only so many pictures or clips, evenly spread.", min=1)] = None,
    seed: Annotated[int, Option(help="Seed of the random controls.", min=0)] = 0,
    other: Annotated[
        list[Path] | None, Option(help="Block of the same speaker net from another seed, repeatable.")
    ] = None,
    download: Download = False,
    device: Device = "auto",
    file: File = None,
) -> None:
    """Measure a model on the test split: accuracy, and what keeping or dropping the chosen channels does."""
    import sqexplain as sx

    classifier = sx.load_model(model, gates=gates, weights=weights, device=device)
    test = open_split(model, data, "test", root, download)
    others = [sx.load_model(model, classifier.gates, path, device).block for path in other or []]
    scores = watch(sx.evaluate(classifier, test, percent, seed, limit, others))
    if file:
        what = "clips" if classifier.spec.streams else "pictures"
        count = min(limit or len(test), len(test))
        settings = {"model": model, "gates": classifier.gates, "percent": percent, what: count, "seed": seed}
        write_json(file, settings | {"scores": {score.name: score.value for score in scores}})


def localise(
    model: Annotated[str, Argument(help="Name of a model, see `models`.")] = "scenes-resnet",
    gates: Annotated[str | None, Option(help="SE block: class, sparse, paper or none; else the usual.")] = None,
    method: Annotated[
        list[str] | None, Option(help="Method, repeatable; without it all that the model can show.")
    ] = None,
    weights: Annotated[Path | None, Option(help="Weights of your own instead of the shipped ones.")] = None,
    root: Root = None,
    limit: Annotated[int, Option(help="Only so many test pictures or clips; faces for each attribute.", min=2)] = 500,
    device: Device = "auto",
    file: File = None,
) -> None:
    """Measure where the truth is known: the object of a scene, the mouth of a drawn talker, the part of a face."""
    import sqexplain as sx
    from sqexplain.evaluation import flips
    from sqexplain.evaluation.localisation import known_attributes

    classifier = sx.load_model(model, gates=gates, weights=weights, device=device)
    data = open_truth(classifier, root)
    faces = known_attributes(data) if classifier.spec.multilabel else []
    scores = watch(sx.localise(classifier, data, method, limit), single=faces)
    if data.name == "scenes":
        scores += watch(flips(classifier, data, limit))
    if file:
        usable = data.kinds.count("sync") if classifier.spec.streams else len(data)
        sizes = {"attributes": faces, "limit": limit} if faces else {"samples": min(limit, usable)}
        settings = {"model": model, "gates": classifier.gates, **sizes}
        write_json(file, settings | {"scores": {score.name: [score.value, score.meaning] for score in scores}})


def open_truth(classifier, root: Path | None):
    """Return the data set in which it is known where the evidence for the classes of a net lies.

    Raises:
        ValueError: there is none for this net.
    """
    import sqexplain as sx

    if classifier.spec.multilabel:
        return open_split(classifier.spec.name, None, "test", root)
    data = sx.open_dataset("talkers" if classifier.spec.streams else "scenes")
    if tuple(data.classes) != tuple(classifier.classes):
        name = classifier.spec.name
        raise ValueError(f"{name!r} does not know the classes of {data.name!r}; take a model that was trained on them")
    return data


def bench(
    repeats: Annotated[int, Option(help="Measured runs of each side.", min=1)] = 5,
    batch: Annotated[int, Option(help="Pictures per pass.", min=1)] = 8,
    size: Annotated[int, Option(help="Side of the pictures in pixels.", min=32)] = 224,
    frames: Annotated[int, Option(help="Frames of the clip.", min=1)] = 100,
    each: Annotated[bool, Option("--each", help="Each method alone against a bare pass, for all inputs.")] = False,
    file: Annotated[Path | None, Option("--json", help="File for the JSON; without it stdout.")] = None,
) -> None:
    """Time the maps against bare passes and against the `grad-cam` package: a table on stderr, JSON on stdout."""
    rows = price_each(repeats, batch, size, frames) if each else time_pairs(repeats, batch, size, frames)
    if file:
        write_json(file, rows)
    else:
        print_json(rows)


def price_each(repeats: int, batch: int, size: int, frames: int) -> list[dict]:
    """Time each method alone; print a table and return its rows."""
    from sqexplain.evaluation.speed.per_method import costs
    from sqexplain.progress import Progress

    rows = []
    with progress() as bar:
        task = bar.add_task("timing", total=None)
        for row in costs(repeats, batch, size, frames):
            if isinstance(row, Progress):
                bar.update(task, completed=row.done, total=row.of)
            else:
                rows.append(asdict(row))
    for setting in dict.fromkeys(row["setting"] for row in rows):
        note(setting)
    cells = [(row["input"], row["what"], *(number(row[name]) for name in ("ratio", "low", "high"))) for row in rows]
    columns = ("input", "what", "times a bare forward", "lowest", "highest")
    table(columns, cells, right=columns[2:], console=err)
    return rows


def time_pairs(repeats: int, batch: int, size: int, frames: int) -> list[dict]:
    """Time pairs of ways to the same end; print a table and return its rows."""
    import sqexplain as sx

    rows = []
    with progress() as bar, redirect_stdout(sys.stderr):  # grad-cam prints warnings, which would spoil the JSON
        task = bar.add_task("timing", total=None)
        for row in sx.bench(repeats, batch, size, frames):
            rows.append(asdict(row))
            bar.update(task, description=f"{row.name}: done")
    columns = ("what", "seconds", "compared with", "its seconds", "ratio", "aim", "met")
    cells = [
        (row["name"], number(row["seconds"]), row["against"], number(row["against_seconds"]), number(row["ratio"]),
         row["aim"], {True: "yes", False: "no", None: "-"}[row["met"]])
        for row in rows
    ]  # fmt: skip
    for setting in dict.fromkeys(row["setting"] for row in rows):
        note(setting)
    table(columns, cells, right=("seconds", "its seconds", "ratio"), console=err)
    return rows


def number(value: float | None) -> str:
    """Return three digits, or a dash for what was not measured."""
    return "-" if value is None else f"{value:.3g}"
