"""`models`, `datasets`, `methods`: what there is, as a table or as JSON."""

from dataclasses import fields
from typing import Annotated

from typer import Option

from .console import note, print_json, say, table

Json = Annotated[bool, Option("--json", help="Print JSON instead of a table.")]


def models(json: Json = False) -> None:
    """List the models: their classes, the size they see, the layer that is explained, their data, where they come from.

    Files in your folder of models that cannot be used are named on stderr.
    """
    from sqexplain import MODELS
    from sqexplain.models.finding import find_all, left_out
    from sqexplain.models.origins import origin

    keys = ("name", "classes", "size", "layer", "data", "from")
    rows = [
        {
            **{"name": name, "classes": len(spec.classes), "size": size(spec), "layer": spec.layer, "data": spec.data},
            **{"from": origin(name), "weights": list(find_all(name)), "architecture": spec.architecture},
        }
        for name, spec in MODELS.items()
    ]
    show(keys, rows, json, right=("classes", "size"))
    if wrong := left_out():
        note(f"left out of your folder of models: {'; '.join(f'{file}: {why}' for file, why in wrong.items())}")


def where(json: Json = False) -> None:
    """Print the folders: of your own models, of data sets, of weights that are downloaded, of what is shipped."""
    from sqexplain import locations
    from sqexplain.models.origins import downloads_folder

    folders = {
        "models": locations.models_folder(),
        "data": locations.data_folder(),
        "downloads": downloads_folder(),
        "shipped": locations.ASSETS,
    }
    if json:
        print_json({name: str(folder) for name, folder in folders.items()})
        return
    for name, folder in folders.items():
        say(f"{name:<10} {folder}{'' if folder.exists() else ' (not there yet)'}")


def size(spec) -> str:
    """Return width and height of what a net sees, or the side of a square."""
    height, width = spec.shape
    return str(width) if height == width else f"{width}x{height}"


PICTURES = {  # score of a card -> head of its column
    "accuracy": "accuracy",
    "agreement": "agreement",
    "keep": "keep",
    "drop": "drop",
    "keep, pooled": "keep, no SE",
    "drop, pooled": "drop, no SE",
    "leak": "leak",
    "channel share": "constant",
}
FACES = {
    "accuracy": "accuracy",
    "majority": "majority",
    "balanced accuracy": "balanced",
    "AUC": "AUC",
    "keep": "keep",
    "drop": "drop",
    "keep, fixed": "keep, fixed",
    "drop, fixed": "drop, fixed",
    "keep, fixed, pooled": "keep, no SE",
    "drop, fixed, pooled": "drop, no SE",
    "channel share": "constant",
}
CLIPS = {
    "AP": "AP",
    "accuracy": "accuracy",
    "accuracy, other": "other voice",
    "accuracy, shifted": "dubbed",
    "accuracy, late": "late",
    "AP, shuffled audio": "AP, shuffled",
    "AP, frozen face": "AP, frozen",
    "keep AP": "keep",
    "drop AP": "drop",
    "keep AP, pooled": "keep, no SE",
    "drop AP, pooled": "drop, no SE",
    "channel share": "constant",
}


def weights(json: Json = False) -> None:
    """List the weights, shipped and your own, with their scores in per cent of test pictures or frames."""
    from sqexplain.models.finding import own_cards
    from sqexplain.models.store import list_cards

    cards = [card | {"from": "shipped"} for card in list_cards()] + [card | {"from": "yours"} for card in own_cards()]
    if json:
        print_json(cards)
        return
    own = any(card["from"] == "yours" for card in cards)
    keys = ("name", "gates", "from") if own else ("name", "gates")  # the columns are many
    for names in (PICTURES, FACES, CLIPS):
        rows = [
            (*(card[key] for key in keys), *(share(card["scores"].get(name)) for name in names))
            for card in cards
            if sheet_of(card) is names
        ]
        table(("model", *keys[1:], *names.values()), rows, right=tuple(names.values()))


def sheet_of(card: dict) -> dict[str, str]:
    """Return the columns of the table in which a card is listed."""
    return CLIPS if "AP" in card["scores"] else FACES if "AUC" in card["scores"] else PICTURES


def share(value: float | None) -> str:
    """Return a share of 1 as per cent with one digit, nothing where it was not measured."""
    return "" if value is None else f"{100 * value:.1f}"


def datasets(json: Json = False) -> None:
    """List the data sets with what each of them holds."""
    from sqexplain import DATASETS

    rows = [{"name": name, "summary": summary(kind)} for name, kind in DATASETS.items()]
    show(("name", "summary"), rows, json)


def methods(json: Json = False) -> None:
    """List the methods: what each shows, whether it depends on the class, its settings with their defaults."""
    from sqexplain import METHODS

    rows = [
        {
            "name": name,
            "title": kind.title,
            "about": "control" if kind.control else "class" if kind.class_specific else "any class",
            "settings": {field.name: field.default for field in fields(kind)},
            "summary": kind.summary,
            "paper": kind.paper,
        }
        for name, kind in METHODS.items()
    ]
    show(("name", "about", "settings", "summary"), rows, json)


def show(keys: tuple[str, ...], rows: list[dict], json: bool, right: tuple[str, ...] = ()) -> None:
    """Print every key of `rows` as JSON, or the columns `keys` as a table."""
    if json:
        print_json(rows)
    else:
        table(keys, [[written(row[key]) for key in keys] for row in rows], right)


def written(value: object) -> str:
    """Return a cell of a table: settings stand below each other, so that the column stays narrow."""
    return "\n".join(f"{key}={each}" for key, each in value.items()) if isinstance(value, dict) else str(value)


def summary(kind: object) -> str:
    """Return the first sentence of what describes a class or a function."""
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split())
