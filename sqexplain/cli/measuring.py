"""`evaluate` and `bench`: how good the answers and the gates are, and how fast the maps."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from .console import progress, table, write_json
from .pictures import Data, Device, Download, Root, open_split
from .showing import watch

File = Annotated[Path | None, Option("--json", help="Write the numbers to this file, too.")]


def evaluate(
    model: Annotated[str, Argument(help="Name of a model, see `models`.", show_default=False)],
    gates: Annotated[str, Option(help="SE block: class, sparse, paper or none.")] = "class",
    weights: Annotated[Path | None, Option(help="Weights of your own instead of the shipped ones.")] = None,
    data: Data = None,
    root: Root = None,
    percent: Annotated[float, Option(help="Share of the channels that counts as chosen.", min=0.1, max=100)] = 10,
    limit: Annotated[int | None, Option(help="Only so many pictures, evenly spread.", min=1)] = None,
    seed: Annotated[int, Option(help="Seed of the random controls.", min=0)] = 0,
    download: Download = False,
    device: Device = "auto",
    file: File = None,
) -> None:
    """Measure a model on the test split: accuracy, and what keeping or dropping the chosen channels does."""
    import sqexplain as sx

    classifier = sx.load_model(model, gates=gates, weights=weights, device=device)
    images, labels = open_split(model, data, "test", root, download).arrays()
    if limit and limit < len(images):
        places = [index * len(images) // limit for index in range(limit)]
        images, labels = images[places], labels[places]
    scores = watch(sx.evaluate(classifier, images, labels, percent=percent, seed=seed))
    if file:
        settings = {"model": model, "gates": gates, "percent": percent, "pictures": len(images), "seed": seed}
        write_json(file, settings | {"scores": {score.name: score.value for score in scores}})


def bench(file: File = None) -> None:
    """Time the maps against bare passes of ResNet50 and against the `grad-cam` package where it is installed."""
    import sqexplain as sx

    rows = []
    with progress() as bar:
        task = bar.add_task("timing", total=None)
        for row in sx.bench():
            rows.append(asdict(row))
            bar.update(task, description=row.name)
    table(tuple(rows[0]), [tuple(row.values()) for row in rows])
    if file:
        write_json(file, rows)
