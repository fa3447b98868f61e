"""`explain`: maps and a manifest for pictures and clips of the user; a bad file does not stop the others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option

from .console import BAD_INPUT, fail, note, progress, table
from .finished_files import Ledger

DEFAULT_METHODS = ("se:percent=10", "gradcam")


def explain(
    files: Annotated[list[Path], Argument(help="Pictures, videos, or folders of them.", show_default=False)],
    model: Annotated[str, Option(help="Name of a model, see `models`.")] = "cifar10-resnet",
    gates: Annotated[str | None, Option(help="SE block: class, sparse, paper or none; else the model's usual.")] = None,
    method: Annotated[
        list[str] | None, Option(help=f"Method, see `methods`; repeatable. Without it {' and '.join(DEFAULT_METHODS)}.")
    ] = None,
    target: Annotated[
        str | None,
        Option(help="Class to explain, name or index, several as A,B; 'not A': what speaks against; else the usual."),
    ] = None,
    face: Annotated[int | None, Option(help="Which face of several, 1 is the largest (nets of faces).", min=1)] = None,
    folder: Annotated[Path, Option("--out", help="Folder to write to; its manifest is added to.")] = Path("out"),
    weights: Annotated[Path | None, Option(help="Weights of your own instead of the shipped ones.")] = None,
    scale: Annotated[
        str | None, Option(help="Scale of the heatmaps: one per 'picture' or one per 'clip', the usual for speakers.")
    ] = None,
    resume: Annotated[bool, Option("--resume", help="Leave out files that a run over several has explained.")] = False,
    device: Annotated[str, Option(help="cpu, cuda or auto.")] = "auto",
) -> None:
    """Explain pictures and videos: overlays (PNG, MP4), maps and gates (NPZ), frames (CSV), how they were made (JSON).

    With a speaker net every person in a video is found, followed and explained.
    """
    import sqexplain as sx
    from sqexplain.explanation.explainer import SCALES
    from sqexplain.methods import parse
    from sqexplain.registry import pick

    # what is wrong for every file stops here, once, before a model is loaded
    methods = [parse(text) for text in method or DEFAULT_METHODS]
    if scale is not None:
        pick(dict.fromkeys(SCALES), scale, "scale")
    paths = expanded(files)
    classifier = sx.load_model(model, gates=gates, weights=weights, device=device)
    wanted = None if target is None else targets(classifier, target)
    settings = [
        model,
        classifier.gates,
        str(weights),
        *(one.text for one in methods),
        str(wanted),
        str(scale),
        str(face),
    ]
    ledger = Ledger(folder, settings, resume)
    done, failures = [], []
    with progress() as bar:
        for path in bar.track(ledger.waiting(paths), description="explaining"):
            try:
                for sample in samples(path, classifier, bar, face):
                    found = sx.explain(classifier, sample, methods, target=wanted, scale=scale)
                    written = [file for one in found for file in one.save(folder) if file.suffix in (".png", ".mp4")]
                    done.append((path, found, written))
                if len(paths) > 1:
                    ledger.note(path)
            except (ValueError, OSError) as error:
                failures.append((path, error))
    report(done, classifier)
    for path, failure in failures:
        fail(failure, about=str(path))
    if failures:
        raise Exit(BAD_INPUT)


def expanded(files: list[Path]) -> list[Path]:
    """Return the files, in place of a folder the pictures and videos that lie in it, by name.

    Raises:
        ValueError: a folder holds none.
    """
    from sqexplain.media import FILM_SUFFIXES, SUFFIXES

    found = []
    for path in files:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(one for one in path.iterdir() if one.suffix.lower() in (*SUFFIXES, *FILM_SUFFIXES))
        if not inside:
            raise ValueError(f"'{path}' holds no picture and no video; give files, or a folder that holds some")
        found += inside
    return found


def targets(classifier, text: str) -> str | list[str]:
    """Return the class that `text` names, or the classes of a list with commas; all of them are known to the net.

    Raises:
        ValueError: one of them is unknown.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        classifier.target(text)
    except ValueError:
        if len(parts) < 2:
            raise
        for part in parts:
            classifier.target(part)
        return parts
    return text


def samples(path: Path, classifier, bar, face: int | None = None) -> Iterator:
    """Yield what is to be explained of a file: the picture or clip, for a speaker net each person in it.

    For a net of faces it is the face, aligned; `face` counts from 1 and chooses among several.
    """
    import sqexplain as sx
    from sqexplain.progress import Progress

    if not classifier.spec.streams:
        sample = sx.from_file(path)
        yield aligned(sample, face, path) if classifier.spec.crop == "aligned" else sample
        return
    from sqexplain.faces import find_people
    from sqexplain.models.speakers import DRAWN

    task = bar.add_task(f"finding faces in {path.name}", total=None)
    try:
        for row in find_people(path, path.name):
            if isinstance(row, Progress):
                bar.update(task, completed=row.done, total=row.of)
            else:
                for text in (*row.notes, *([DRAWN] if classifier.spec.data == "talkers" else [])):
                    note(f"{path.name}: {text}")
                yield from (person.framed(classifier.spec.crop) for person in row.people)
    finally:
        bar.remove_task(task)


def aligned(sample, face: int | None, path: Path):
    """Return the sample of the face in a photograph, as nets of faces want it, and tell how it was aligned."""
    from dataclasses import replace

    from sqexplain.faces import align_face

    found = align_face(sample.picture, which=face)
    for text in found.notes:
        note(f"{path.name}: {text}")
    return replace(sample, frames=found.picture[None])  # (1, 218, 178, 3)


def report(done: list[tuple], classifier) -> None:
    """Print what was explained and where the pictures lie, then each remark of the explanations once."""
    if not done:
        return
    rows = [
        (path, *answers(found, classifier.thresholds), "\n".join(map(str, written))) for path, found, written in done
    ]
    table(("file", "predicted", "explained", "written"), rows)
    for text in dict.fromkeys(text for _, found, _ in done for one in found for text in one.notes):
        note(text)


def answers(explanations: list, thresholds) -> tuple[str, str]:
    """Return what the net says and what is explained, with probabilities; of a clip how many frames it has.

    Of several attributes it is told how many there are, each from its own threshold (K,) on.
    """
    import numpy as np

    from sqexplain.tasks import MULTILABEL

    first = explanations[0]
    shares, names, frames = first.probabilities, first.classes, len(first.logits)  # (N, K)
    if frames == 1:
        targets = {name: (one.target, one.signs[0]) for one in explanations for name in one.target_names}
        values = {name: shares[0, k] if sign > 0 else 1 - shares[0, k] for name, (k, sign) in targets.items()}
        explained = "\n".join(f"{name} {share:.1%}" for name, share in values.items())
        if first.task == MULTILABEL:
            return f"{(shares[0] >= thresholds).sum()} of {len(names)} attributes", explained
        return f"{names[shares[0].argmax()]} {shares[0].max():.1%}", explained
    counts = np.bincount(shares.argmax(1), minlength=len(names))
    most, target = counts.argmax(), first.targets[0]
    return (
        f"{names[most]} in {counts[most]} of {frames} frames",
        f"{names[target]}, mean {shares[:, target].mean():.1%}",
    )
