"""Who speaks, as tables in the official format: made clip by clip by a net, and scored against the truth."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sqexplain.classes import SPEAKING as CLASSES
from sqexplain.classifier import Classifier
from sqexplain.data import Dataset
from sqexplain.data.speakers.categories import Division
from sqexplain.data.speakers.tables import (
    LABELS,
    PREDICTION,
    SPEAKING,
    TRUTH,
    Row,
    Table,
    read_table,
    write_table,
)
from sqexplain.explanation import predict_frames
from sqexplain.media import csv_lines
from sqexplain.metrics.detection import Precision, average_precision
from sqexplain.progress import Progress
from sqexplain.sample import Sample

TOLERANCE = 1e-9  # of the boxes, as in the official script


@dataclass(frozen=True)
class Failure:
    """A clip that could not be read or scored, and why."""

    clip: str
    reason: str


@dataclass(frozen=True)
class Predicted:
    """What was written: the table, its clips and its rows."""

    path: Path
    clips: int
    rows: int


def predict(
    classifier: Classifier,
    dataset: Dataset,
    path: str | Path,
    resume: bool = False,
    header: bool = True,
    settings: str = "",
) -> Iterator[Progress | Failure | Predicted]:
    """Score every frame of a data set of clips and write the table of predictions; the last item is a `Predicted`.

    A clip that cannot be read or scored is left out and yielded as a `Failure`. What is done stands in
    `<path>.part`, from which a stopped run goes on with `resume`; `path` appears when all is done. Rows of a clip that
    have no picture get the score 0, because the official script wants a score for every row.

    Args:
        header: write the names of the columns, as the training scripts of the nets do; Google's own has none.
        settings: one line that says how the scores are made; a run is resumed with the same only.

    Raises:
        ValueError: the net or the data are not about who speaks; a run was stopped and `resume` is not set; there is
            a finished table already; no clip at all could be scored.
    """
    path = Path(path)
    part = path.with_name(path.name + ".part")
    _check_classes(classifier, dataset)
    done = _begin(path, part, resume, settings)
    failures = 0
    with part.open("a", newline="", encoding="utf-8") as file:
        for index in range(len(dataset)):
            clip = clip_name(dataset, index)
            if clip not in done:
                try:
                    file.writelines(csv_lines(_score(classifier, dataset, index)))
                    file.flush()
                except (ValueError, OSError) as error:
                    failures += 1
                    yield Failure(clip, str(error))
            yield Progress(index + 1, len(dataset))
    if failures == len(dataset):
        part.unlink()
        raise ValueError(f"none of the {failures} clips could be scored, so '{path}' is not written")
    yield _finish(part, path, header)


def write_truth(dataset: Dataset, path: str | Path) -> Path:
    """Write the truth of a data set of clips as a table, for sets that do not come with one."""
    rows = (row.truth() for index in range(len(dataset)) for _, row in _rows(dataset, index, dataset[index]))
    return write_table(path, rows, TRUTH)


def clip_name(dataset: Dataset, index: int) -> str:
    """Return the entity of a clip: its name in the tables, or one made from the name of the data set."""
    if hasattr(dataset, "entities"):
        return dataset.entities[index]
    return f"{dataset.name}_{getattr(dataset, 'split', 'clip')}_{index:05d}:0"


def _check_classes(classifier: Classifier, dataset: Dataset) -> None:
    for what, classes in (("the net", classifier.classes), ("the data set", dataset.classes)):
        if tuple(classes) != CLASSES:
            names = ", ".join(map(repr, classes[:3]))
            raise ValueError(f"{what} has the classes {names}; predictions are about {CLASSES[0]!r} and {CLASSES[1]!r}")


def _rows(dataset: Dataset, index: int, sample: Sample) -> list[tuple[int, Row]]:
    """Return the place and the row of each frame with a known label."""
    if hasattr(dataset, "keys"):
        return list(enumerate(dataset.keys(index)))
    entity, labels = clip_name(dataset, index), sample.labels
    if labels is None:
        raise ValueError(f"{sample.name!r} has no labels, so there is nothing to compare predictions with")
    switches = np.cumsum([0, *(np.diff(labels) != 0)])
    return [
        (place, Row(entity.rpartition(":")[0], str(round(place / sample.fps, 6)), (0.0, 0.0, 1.0, 1.0), LABELS[label],
                    entity, f"{entity}:{switches[place]}"))
        for place, label in enumerate(labels) if label >= 0
    ]  # fmt: skip


def _score(classifier: Classifier, dataset: Dataset, index: int) -> list[list[str]]:
    """Return the cells of all rows of a clip; rows without a picture get the score 0."""
    sample = dataset[index]
    scores = predict_frames(classifier, sample, CLASSES[1])  # (T,)
    if not np.isfinite(scores).all():
        raise ValueError(f"the net answers {sample.name!r} with numbers that are not finite")
    seen = {row.timestamp: (row, float(scores[place])) for place, row in _rows(dataset, index, sample)}
    known = dataset.rows(index) if hasattr(dataset, "rows") else [row for row, _ in seen.values()]
    return [row.prediction(seen[row.timestamp][1] if row.timestamp in seen else 0.0) for row in known]


def _begin(path: Path, part: Path, resume: bool, settings: str) -> set[str]:
    """Return the clips that are done, and leave `part` with their rows alone under a line of the settings."""
    if path.exists():
        raise ValueError(f"'{path}' is there already; move it away or give another file")
    settings = " ".join(settings.split())
    rows = []
    if part.exists():
        if not resume:
            raise ValueError(f"'{part}' is a stopped run; add --resume to go on, or delete it")
        lines = part.read_text("utf-8").split("\n")[:-1]  # the last piece is empty or half a line
        head, *rows = list(csv.reader(lines)) or [[]]
        if head != [settings]:
            raise ValueError(
                f"'{part}' was made with '{' '.join(head)}', not with '{settings}'; delete it to start anew"
            )
    last = rows[-1][-2:-1] if rows else []  # the clip at which it was stopped may be half there
    rows = [row for row in rows if row[-2:-1] != last]
    write_table(part, rows, [settings])
    return {row[-2] for row in rows}


def _finish(part: Path, path: Path, header: bool) -> Predicted:
    clips: dict[str, int] = {}
    with part.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)  # the settings

        def counted() -> Iterator[list[str]]:
            for row in rows:
                clips[row[-2]] = clips.get(row[-2], 0) + 1
                yield row

        write_table(path, counted(), PREDICTION if header else None)
    part.unlink()
    return Predicted(path, len(clips), sum(clips.values()))


@dataclass(frozen=True)
class Matched:
    """Truth and predictions row by row, in the order of the truth: videos, labels (n,) of 0 and 1, scores (n,)."""

    videos: tuple[str, ...]
    labels: np.ndarray
    scores: np.ndarray
    filled: int

    def precision(self) -> Precision:
        """Return the average precision over all rows."""
        return average_precision(self.scores, self.labels)

    def by_category(self, division: Division) -> dict[str, Precision]:
        """Return the average precision over the rows of each category; those of no category stand under ""."""
        codes = {video: division.of(video) or ("",) for video in dict.fromkeys(self.videos)}
        order = dict.fromkeys(code for known in (*division.categories.values(), ("",)) for code in known)
        found = {}
        for code in order:
            inside = np.fromiter((code in codes[video] for video in self.videos), bool, len(self.videos))
            if inside.any():
                found[code] = average_precision(self.scores[inside], self.labels[inside])
        return found


def score_predictions(truth: str | Path, predictions: str | Path, fill: bool = False) -> Precision:
    """Return the average precision of a table of predictions; see `match`."""
    return match(read_table(truth), read_table(predictions, scored=True), fill).precision()


def match(truth: Table, predictions: Table, fill: bool = False) -> Matched:
    """Join predictions to the truth by time and entity, as the official script does, not by position.

    Args:
        fill: rows of the truth without a prediction rank last; otherwise they are an error.

    Raises:
        ValueError: rows are missing, named twice or not in the truth; boxes differ; a label is not SPEAKING_AUDIBLE.
    """
    wrong = sorted(set(predictions.labels) - {SPEAKING})
    if wrong:
        raise ValueError(f"the predictions have the label {wrong[0]!r}; all of them have to be {SPEAKING!r}")
    rows, places = _places(truth, "the truth"), _places(predictions, "the predictions")
    extra = [key for key in places if key not in rows]
    if extra:
        raise ValueError(f"{len(extra)} rows of the predictions are not in the truth, such as {_say(extra[0])}")
    missing = [key for key in rows if key not in places]
    if missing and not fill:
        raise ValueError(
            f"{len(missing)} of {len(rows)} rows of the truth have no prediction, such as {_say(missing[0])}; "
            "with --fill-missing they rank last"
        )
    if predictions.scores is None:
        raise ValueError("the predictions have no scores; read their table with scored=True")
    found = np.array([places.get(key, -1) for key in rows])  # (n,)
    seen = found >= 0
    far = np.abs(truth.boxes[seen] - predictions.boxes[found[seen]]).max(1, initial=0) > TOLERANCE
    if far.any():
        key = list(rows)[np.flatnonzero(seen)[far.argmax()]]
        raise ValueError(f"the boxes of {int(far.sum())} rows differ from those of the truth, such as {_say(key)}")
    scores = np.where(seen, predictions.scores[found], -np.inf)
    return Matched(truth.videos, truth.speaking(), scores, len(missing))


def _places(table: Table, what: str) -> dict[tuple[float, str], int]:
    """Return the place of each row by its time and entity; times that are equal as numbers are equal."""
    keys = list(zip(table.times.tolist(), table.entities, strict=True))
    places = {key: place for place, key in enumerate(keys)}
    if len(places) < len(keys):
        twice = next(key for place, key in enumerate(keys) if places[key] != place)
        raise ValueError(f"{len(keys) - len(places)} rows of {what} are there twice, such as {_say(twice)}")
    return places


def _say(key: tuple[float, str]) -> str:
    return f"{key[1]!r} at {key[0]} s"
