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
    """Return one split of a data set with the classes of a model.

    Raises:
        ValueError: unknown names, missing data, or data for another task or with classes that the model does not know.
    """
    from sqexplain.data import open_dataset
    from sqexplain.features import match
    from sqexplain.models import MODELS
    from sqexplain.registry import pick

    spec = pick(MODELS, model, "model")
    name = data or spec.data
    if not name:
        raise ValueError(f"the model {model!r} names no data set that it is for; give one with --data")
    if download:
        fetch(name, root)
    return match(spec, open_dataset(name, split, root))


def fetch(name: str, root: Path | None) -> None:
    """Download a data set that is missing, with a bar."""
    from sqexplain.data import DOWNLOADABLE
    from sqexplain.data.download import download
    from sqexplain.locations import data_folder
    from sqexplain.registry import pick

    dataset = pick(DOWNLOADABLE, name, "data set to download")
    if (data_folder(name, root) / dataset.folder).is_dir():
        return
    with progress() as bar:
        task = bar.add_task(f"downloading {name}", total=100)
        for share in download(dataset, root):
            bar.update(task, completed=round(100 * share))
