"""`explain`: pictures, maps and a manifest for files of the user; a bad file does not stop the others."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option

from .console import BAD_INPUT, fail, note, progress, table

DEFAULT_METHODS = ("se:percent=10", "gradcam")


def explain(
    files: Annotated[list[Path], Argument(help="Picture files.", show_default=False)],
    model: Annotated[str, Option(help="Name of a model, see `models`.")] = "cifar10-resnet",
    gates: Annotated[str, Option(help="SE block: class, sparse, paper or none.")] = "class",
    method: Annotated[
        list[str] | None, Option(help=f"Method, see `methods`; repeatable. Without it {' and '.join(DEFAULT_METHODS)}.")
    ] = None,
    target: Annotated[str | None, Option(help="Class to explain, name or index; without it the predicted one.")] = None,
    folder: Annotated[Path, Option("--out", help="Folder to write to; its manifest is added to.")] = Path("out"),
    weights: Annotated[Path | None, Option(help="Weights of your own instead of the shipped ones.")] = None,
    scale: Annotated[str, Option(help="Scale of the heatmaps: one per 'picture' or one per 'clip'.")] = "picture",
    device: Annotated[str, Option(help="cpu, cuda or auto.")] = "auto",
) -> None:
    """Explain picture files: heatmaps on the picture (PNG), maps and gates (NPZ), a manifest of how they were made."""
    import sqexplain as sx
    from sqexplain.explanation.explaining import SCALES
    from sqexplain.methods import parse
    from sqexplain.names import pick

    # what is wrong for every file stops here, once, before a model is loaded
    methods = [parse(text) for text in method or DEFAULT_METHODS]
    pick(dict.fromkeys(SCALES), scale, "scale")
    classifier = sx.load_model(model, gates=gates, weights=weights, device=device)
    wanted = None if target is None else classifier.class_index(target)
    done, failures = [], []
    with progress() as bar:
        for path in bar.track(files, description="explaining"):
            try:
                found = sx.explain(classifier, sx.from_file(path), methods, target=wanted, scale=scale)
                written = [file for one in found for file in one.save(folder) if file.suffix == ".png"]
                done.append((path, found, written))
            except (ValueError, OSError) as error:
                failures.append((path, error))
    report(done)
    for path, error in failures:
        fail(error, about=str(path))
    if failures:
        raise Exit(BAD_INPUT)


def report(done: list[tuple]) -> None:
    """Print what was explained and where the pictures lie, then each remark of the explanations once."""
    if not done:
        return
    rows = [(path, *answers(found[0]), "\n".join(map(str, written))) for path, found, written in done]
    table(("file", "predicted", "explained", "written"), rows)
    for text in dict.fromkeys(text for _, found, _ in done for one in found for text in one.notes):
        note(text)


def answers(explanation) -> tuple[str, str]:
    """Return the predicted class and the explained one, each with its probability."""
    import numpy as np

    shares = np.exp(explanation.logits[0] - explanation.logits[0].max())  # (K,)
    shares = shares / shares.sum()
    return tuple(f"{explanation.classes[index]} {shares[index]:.1%}" for index in (shares.argmax(), explanation.target))
