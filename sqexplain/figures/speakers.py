"""Average precision on the tracks of AVA-ActiveSpeaker and WASD, where a folder with them is there."""

from collections.abc import Iterator

import numpy as np

from sqexplain.explanation import predict_frames
from sqexplain.figures.base import FigureSettings
from sqexplain.figures.table import Row, Table
from sqexplain.metrics.detection import average_precision
from sqexplain.models import MODELS, load_model
from sqexplain.models.nets.speech.published import PUBLISHED, downloaded
from sqexplain.progress import Progress
from sqexplain.sample import labels_of

SETS = ("ava", "wasd")
NETS = ("speaker", "speaker-light")


def track_parts(settings: FigureSettings) -> list[str]:
    """Return "data set/net" for each pair that can be scored here."""
    waiting = track_waiting(settings)
    return [part for data in SETS for net in NETS if (part := f"{data}/{net}") not in waiting]


def track_waiting(settings: FigureSettings) -> dict[str, str]:
    """Return the pairs that cannot be scored, each with the reason."""
    found = {}
    for data in SETS:
        trouble = settings.trouble(data, "val")
        for net in NETS:
            missing = "" if net not in PUBLISHED or downloaded(net) else f"the weights of {net!r} are not here yet"
            if why := trouble or missing:
                found[f"{data}/{net}"] = why
    return found


def score_tracks(settings: FigureSettings, part: str) -> Iterator[Progress | Table]:
    """Yield progress, then the row of a net that is asked about every labelled frame of the validation tracks."""
    name, net = part.split("/")
    classifier, data = load_model(net, "none"), settings.open(name, "val")
    count = min(len(data), settings.limit or len(data))
    scores, labels = [], []
    for place in range(count):
        sample = data[place * len(data) // count]
        scores.append(predict_frames(classifier, sample))
        labels.append(labels_of(sample))
        yield Progress(place + 1, count)
    truth = np.concatenate(labels)
    value = average_precision(np.concatenate(scores)[truth >= 0], truth[truth >= 0]).grouped
    row: Row = {"data": name, "model": net, "title": MODELS[net].title, "gates": "none", "recipe": "as shipped"}
    row |= {"measure": "average precision", "value": value, "seeds": 1, "basis": f"one net, {count:,} tracks"}
    command = f"python -m sqexplain predict {net} --data {name} --root FOLDER"
    yield Table.of([row | {"kind": "measured", "note": "", "command": command, "estimate": ""}])
