"""`predict` and `score`: tables of who speaks when, in the official format, and their average precision."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option

from .console import BAD_INPUT, fail, note, progress, say, table, write_json
from .data_options import Device, Root

SHOWN = 20  # notes of a data set; the rest is counted


def predict(
    model: Annotated[str, Argument(help="Name of a model that answers who speaks, see `models`.", show_default=False)],
    data: Annotated[str | None, Option(help="Data set of clips, see `datasets`; without it the model's own.")] = None,
    split: Annotated[str | None, Option(help="Part of the data; without it val of ava and wasd, else test.")] = None,
    root: Root = None,
    path: Annotated[Path, Option("--out", help="Table of predictions to write (CSV).")] = Path("predictions.csv"),
    truth: Annotated[Path | None, Option(help="Write the truth of the data as a table, too.")] = None,
    gates: Annotated[str, Option(help="SE block: none, paper or sparse; sparse reads only.")] = "none",
    weights: Annotated[Path | None, Option(help="Weights of your own instead of the shipped ones.")] = None,
    resume: Annotated[bool, Option("--resume", help="Go on with the run that was stopped.")] = False,
    header: Annotated[bool, Option(help="Name the columns in the first line.")] = True,
    device: Device = "auto",
) -> None:
    """Score every frame of a data set of clips, write the table of predictions in the official format.

    Rows without a picture get the score 0; a clip that cannot be read is left out and named at the end.
    """
    import sqexplain as sx
    from sqexplain.evaluation.speech_tables import write_truth
    from sqexplain.models import MODELS
    from sqexplain.registry import pick

    spec = pick(MODELS, model, "model")
    data = data or spec.data
    split = split or ("val" if data in ("ava", "wasd") else "test")
    dataset = sx.open_dataset(data, split, root)
    classifier = sx.load_model(model, gates=gates, weights=weights, device=device)
    settings = f"{model} --gates {gates} --weights {weights} --data {data} --split {split}"
    try:
        failures = run(classifier, dataset, path, resume, header, settings)
    except KeyboardInterrupt:
        note(f"the same command with --resume goes on from '{path}.part'")
        raise
    if truth:
        say(f"wrote {write_truth(dataset, truth)}")
    troubles = getattr(dataset, "troubles", ())
    for text in troubles[:SHOWN]:
        note(text)
    if len(troubles) > SHOWN:
        note(f"and {len(troubles) - SHOWN} more of this kind")
    if failures:
        raise Exit(BAD_INPUT)


def run(classifier, dataset, path: Path, resume: bool, header: bool, settings: str) -> list:
    """Predict with a bar; tell what was written, then what failed, also where an error ends it all."""
    from sqexplain.evaluation.speech_tables import Failure, Predicted, predict
    from sqexplain.progress import Progress

    failures = []
    try:
        with progress() as bar:
            task = bar.add_task("clips", total=len(dataset))
            for item in predict(classifier, dataset, path, resume, header, settings):
                if isinstance(item, Progress):
                    bar.update(task, completed=item.done)
                elif isinstance(item, Failure):
                    failures.append(item)
                elif isinstance(item, Predicted):
                    say(f"wrote {item.path}: {item.rows} rows of {item.clips} clips")
    finally:
        for failure in failures:
            fail(failure.reason, about=failure.clip)
    return failures


def score(
    truth: Annotated[Path, Argument(help="Table of the truth, such as val_orig.csv.", show_default=False)],
    predictions: Annotated[Path, Argument(help="Table of the predictions.", show_default=False)],
    metadata: Annotated[
        Path | None, Option(help="wasd_metadata.csv or dataset_division.txt, for a number for each category of WASD.")
    ] = None,
    fill: Annotated[bool, Option("--fill-missing", help="Rows without a prediction rank last.")] = False,
    file: Annotated[Path | None, Option("--json", help="Write the numbers to this file, too.")] = None,
) -> None:
    """Compare predictions with the truth: average precision of AVA-ActiveSpeaker, in per cent of all rows."""
    from sqexplain.data.speakers.categories import read_division
    from sqexplain.data.speakers.tables import read_table
    from sqexplain.evaluation.speech_tables import match

    division = read_division(metadata) if metadata else None
    matched = match(read_table(truth), read_table(predictions, scored=True), fill)
    parts = matched.by_category(division) if division else {}
    rows = {"all": matched.precision()} | {code or "no category": part for code, part in parts.items()}
    if matched.filled:
        note(f"{matched.filled} rows have no prediction and rank last")
    cells = [
        (name, f"{100 * one.grouped:.2f}", "" if one.rows == one.grouped else f"{100 * one.rows:.2f}", one.positives,
         one.total)
        for name, one in rows.items()
    ]  # fmt: skip
    numbers = ("AP %", "AP %, ties by row", "speaking", "rows")
    table(("part", *numbers), cells, right=numbers)
    if file:
        precisions = {  # NaN is no JSON
            name: {key: None if value != value else value for key, value in vars(one).items()}
            for name, one in rows.items()
        }
        write_json(file, {"filled": matched.filled, "precision": precisions})
