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
    if classifier.spec.streams:
        loaded = [sx.load_model(model, classifier.gates, path, device).block for path in other or []]
        scores, count = measure_clips(classifier, test, percent, limit, seed, loaded)
    else:
        scores, count = measure_pictures(classifier, test, percent, limit, seed)
    if file:
        what = "clips" if classifier.spec.streams else "pictures"
        settings = {"model": model, "gates": classifier.gates, "percent": percent, what: count, "seed": seed}
        write_json(file, settings | {"scores": {score.name: score.value for score in scores}})


def measure_pictures(classifier, test, percent, limit, seed) -> tuple[list, int]:
    """Return the scores of a net for pictures, and on how many pictures they were measured."""
    from sqexplain.evaluation import evaluate, evaluate_attributes, spread
    from sqexplain.fitting import fit

    images, labels = test.arrays()
    places = spread(len(images), limit)

    def rows():
        fitted = yield from fit(classifier, images[places])
        work = evaluate_attributes if classifier.spec.multilabel else evaluate
        yield from work(classifier, fitted, labels[places], percent=percent, seed=seed)

    return watch(rows()), len(places)


def measure_clips(classifier, test, percent, limit, seed, others) -> tuple[list, int]:
    """Return the scores of a net for clips, and on how many clips they were measured."""
    from sqexplain.evaluation import evaluate_clips, some_clips

    watch(test.render())
    clips = some_clips(test.arrays(), limit)
    return watch(evaluate_clips(classifier, clips, percent, seed, others)), len(clips.frames)


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
    from sqexplain.evaluation.localisation import flips, localise, localise_clips
    from sqexplain.methods import METHODS

    classifier = sx.load_model(model, gates=gates, weights=weights, device=device)
    clips = bool(classifier.spec.streams)
    if classifier.spec.multilabel:
        localise_faces(classifier, method, root, limit, file)
        return
    known = sx.open_dataset("talkers" if clips else "scenes")
    if tuple(known.classes) != tuple(classifier.classes):
        raise ValueError(f"{model!r} does not know the classes of 'scenes'; take a model that was trained on them")
    fitting = {name: kind for name, kind in METHODS.items() if clips or not kind.peaked}
    usable = [name for name, kind in fitting.items() if classifier.gates != "none" or "gates" not in kind.needs]
    if clips:
        samples = [known[index] for index, kind in enumerate(known.kinds) if kind == "sync"][:limit]
        scores = watch(localise_clips(classifier, samples, method or usable))
    else:
        samples = [known[index] for index in range(min(limit, len(known)))]
        scores = watch(localise(classifier, samples, method or usable)) + watch(flips(classifier, known, limit))
    if file:
        settings = {"model": model, "gates": classifier.gates, "samples": len(samples)}
        write_json(file, settings | {"scores": {score.name: [score.value, score.meaning] for score in scores}})


def localise_faces(classifier, method: list[str] | None, root: Path | None, limit: int, file: Path | None) -> None:
    """Measure the maps of the attributes that one can see, and print the means over them."""
    from sqexplain.evaluation.face_regions import VISIBLE
    from sqexplain.evaluation.localisation import localise_attributes
    from sqexplain.methods import METHODS

    opened = open_split(classifier.spec.name, None, "test", root)
    exact = opened[0].evidence is not None  # then every attribute has its mask
    attributes = [one for one in opened.classes if exact or one in VISIBLE]
    usable = [
        name
        for name, kind in METHODS.items()
        if not kind.peaked and (classifier.gates != "none" or "gates" not in kind.needs)
    ]
    scores = watch(localise_attributes(classifier, opened, attributes, method or usable, limit), single=attributes)
    if file:
        settings = {"model": classifier.spec.name, "gates": classifier.gates, "attributes": attributes, "limit": limit}
        write_json(file, settings | {"scores": {score.name: [score.value, score.meaning] for score in scores}})


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

    rows = []
    with progress() as bar:
        task = bar.add_task("timing", total=None)
        for row in costs(repeats, batch, size, frames):
            if hasattr(row, "done"):
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
