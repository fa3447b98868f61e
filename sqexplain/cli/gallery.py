"""`gallery`: the faces of a data set that tell most of a net, as a table."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from .console import print_json, progress, table
from .data_options import Data, Device, Root, open_split


def gallery(
    model: Annotated[str, Argument(help="Name of a model of faces, see `models`.")] = "drawn-faces",
    target: Annotated[str, Option(help="The attribute.")] = "Smiling",
    count: Annotated[int, Option(help="Faces of each kind.", min=1)] = 8,
    weights: Annotated[Path | None, Option(help="Weights of your own instead of the shipped ones.")] = None,
    data: Data = None,
    root: Root = None,
    split: Annotated[str, Option(help="Part of the data.")] = "test",
    limit: Annotated[int | None, Option(help="Only so many faces, evenly spread.", min=1)] = None,
    device: Device = "auto",
    json: Annotated[bool, Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the most and least confident faces of an attribute and the errors: place, name, probability, truth."""
    import sqexplain as sx
    from sqexplain.evaluation.hard_examples import predict_all

    classifier = sx.load_model(model, gates="none", weights=weights, device=device)
    attribute = classifier.classes[classifier.class_index(target)]
    opened = open_split(model, data, split, root)
    with progress() as bar:
        task = bar.add_task("faces", total=None)
        for answers in predict_all(classifier, opened, limit):
            bar.update(task, completed=len(answers.places), total=answers.of)
    k = classifier.classes.index(attribute)
    row = {int(place): number for number, place in enumerate(answers.places)}
    found = [
        {
            "kind": kind,
            "place": int(place),
            "name": opened[int(place)].name,
            "probability": round(float(answers.probabilities[row[int(place)], k]), 4),
            "label": int(answers.labels[row[int(place)], k]),
        }
        for kind, places in answers.gallery(attribute, count).items()
        for place in places
    ]
    if json:
        print_json(found)
        return
    cells = [(one["kind"], one["place"], one["name"], f"{one['probability']:.1%}", one["label"]) for one in found]
    head = (attribute, "place", "name", "probability", "label")
    table(head, cells, right=("place", "probability", "label"))
