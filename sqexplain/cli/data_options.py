"""The options about data that several commands share, and the data sets they lead to."""

from pathlib import Path
from typing import Annotated

from typer import Option

from .console import progress

Data = Annotated[str | None, Option(help="Data set, see `datasets`; without it the one the model is for.")]
Root = Annotated[Path | None, Option(help="Folder that holds the data.")]
Download = Annotated[bool, Option("--download", help="Fetch the data first where they are missing.")]
Device = Annotated[str, Option(help="cpu, cuda or auto.")]


def open_split(model: str, data: str | None, split: str, root: Path | None, download: bool = False):
    """Return one split of a data set for a model.

    Raises:
        ValueError: unknown names, missing data, other classes than those of the model, or no pictures to learn from.
    """
    from sqexplain.data import open_dataset
    from sqexplain.models import MODELS
    from sqexplain.registry import pick

    spec = pick(MODELS, model, "model")
    name = data or spec.data
    if download:
        fetch(name, root)
    opened = open_dataset(name, split, root)
    if not hasattr(opened, "arrays"):
        raise ValueError(f"data set {name!r} is for looking at; {model!r} learns from and is measured on {spec.data!r}")
    if tuple(opened.classes) != tuple(spec.classes):
        raise ValueError(f"{model!r} knows the classes of {spec.data!r}, not those of {name!r}")
    return opened


def fetch(name: str, root: Path | None) -> None:
    """Download a data set that is missing, with a bar."""
    from sqexplain.data import DOWNLOADABLE
    from sqexplain.data.download import download
    from sqexplain.media import home
    from sqexplain.registry import pick

    dataset = pick(DOWNLOADABLE, name, "data set to download")
    if (home(name, root) / dataset.folder).is_dir():
        return
    with progress() as bar:
        task = bar.add_task(f"downloading {name}", total=100)
        for share in download(dataset, root):
            bar.update(task, completed=round(100 * share))
