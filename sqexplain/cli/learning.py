"""`train` and `retrofit`: one line for each epoch; a run that was stopped goes on with --resume."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from .console import note
from .data_options import Data, Device, Download, Root, open_split
from .progress import watch

Model = Annotated[str, Argument(help="Name of a model, see `models`.", show_default=False)]
Epochs = Annotated[int | None, Option(help="Passes over the data; without it those of the recipe.", min=1)]
Seed = Annotated[int, Option(help="Seed of all chance.", min=0)]
Folder = Annotated[
    Path | None, Option("--out", help="Folder for weights, card and checkpoint; without it yours, see `where`.")
]
Name = Annotated[str | None, Option(help="Name of your own for the weights; without it that of the model.")]
Resume = Annotated[bool, Option("--resume", help="Go on with the run that was stopped in this folder.")]


def train(
    model: Model,
    gates: Annotated[str, Option(help="none, or paper: the SE block learns with the net.")] = "none",
    data: Data = None,
    root: Root = None,
    epochs: Epochs = None,
    seed: Seed = 0,
    name: Name = None,
    folder: Folder = None,
    resume: Resume = False,
    download: Download = False,
    device: Device = "auto",
    base: Annotated[Path | None, Option(help="Weights to learn on from; without them from scratch.")] = None,
) -> None:
    """Train a net; write its weights, and a card with its scores on the test split."""
    if gates not in ("none", "paper"):
        raise ValueError(f"gates {gates!r} are not trained with the net; choose 'none' or 'paper', or use `retrofit`")
    learn("train", model, gates, data, root, epochs, seed, name, folder, resume, download, device, base)


def retrofit(
    model: Model,
    gates: Annotated[str, Option(help="sparse: one vector; class: a vector for each class.")] = "class",
    data: Data = None,
    root: Root = None,
    epochs: Epochs = None,
    seed: Seed = 0,
    name: Name = None,
    folder: Folder = None,
    resume: Resume = False,
    download: Download = False,
    device: Device = "auto",
    per_class: Annotated[bool, Option("--per-class", help="The same as --gates class.")] = False,
) -> None:
    """Train an SE block on the frozen net of the model; write its weights, and a card with its scores."""
    if gates not in ("sparse", "class"):
        raise ValueError(f"gates {gates!r} are not retrofitted; choose 'sparse' or 'class', or use `train`")
    gates = "class" if per_class else gates
    learn("retrofit", model, gates, data, root, epochs, seed, name, folder, resume, download, device)


def learn(verb, model, gates, data, root, epochs, seed, name, folder, resume, download, device, base=None) -> None:
    """Make a model and show how it goes."""
    from sqexplain.publishing import destination, make

    weights = destination(model, gates, folder, name)
    checkpoint = claim(weights, resume)
    if resume and not checkpoint.exists():
        note(f"there is no stopped run '{checkpoint}'; this one starts anew")
    training, test = (open_split(model, data, split, root, download) for split in ("train", "test"))
    options = {"--gates": gates, "--data": data, "--seed": seed, "--epochs": epochs, "--base": base and base.name}
    options["--name"] = name
    text = " ".join(f"{option} {value}" for option, value in options.items() if value is not None)
    command = f"python -m sqexplain {verb} {model} {text}"  # goes into the card, without the folders of this machine
    rows = make(model, gates, training, test, folder, seed, epochs, device, command, base, name)
    try:
        with closing(rows):  # an interrupt between two of its rows ends it too
            watch(rows, "agreement" if gates in ("sparse", "class") else "accuracy")
    except KeyboardInterrupt:
        if checkpoint.exists():
            note(f"the same command with --resume goes on from '{checkpoint}'")
        else:
            note("nothing is kept yet: a run goes on from its last whole epoch")
        raise


def claim(weights: Path, resume: bool) -> Path:
    """Return the path of the checkpoint of the run that makes `weights`; refuse to overwrite another run.

    Raises:
        ValueError: another run works on them, there is a stopped run and no --resume, or there are finished weights.
    """
    from sqexplain.models.locks import check_free
    from sqexplain.models.store import read_card

    check_free(weights)
    checkpoint = weights.with_suffix(".checkpoint")
    if checkpoint.exists() and not resume:
        raise ValueError(f"'{checkpoint}' is a stopped run; add --resume to go on, or give another --name or --out")
    if weights.exists() and (not checkpoint.exists() or "recipe" not in (read_card(weights) or {"recipe": {}})):
        # beside a checkpoint lie weights without a card yet, those of the run itself, or what save_model kept
        raise ValueError(f"'{weights}' is there already; move it away, or give another --name or --out")
    return checkpoint
