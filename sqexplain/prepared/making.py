"""Making the files of assets/prepared anew."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqexplain.drawing import COLORMAPS
from sqexplain.drawing.colours import FILE, shades
from sqexplain.evaluation.speed.estimating import forward_flops
from sqexplain.media import npz_bytes, write_bytes
from sqexplain.models import MODELS, load_model
from sqexplain.models.large import LARGE
from sqexplain.models.store import list_cards
from sqexplain.prepared import FOLDER, MEASURED, OPERATIONS, clips, comparisons, thumbnails

MEASURES: dict[str, tuple[Callable, tuple[tuple[str, str], ...]]] = {  # name -> what measures it, of which weights
    "agreement": (comparisons.agreement, (("cifar10-resnet", "paper"), ("cifar10-resnet", "class"))),
    "localisation": (comparisons.localisation, (("scenes-resnet", "paper"), ("scenes-resnet", "class"))),
    "mean gates": (clips.mean_gates, (("speaker", "sparse"), ("speaker", "paper"))),
}


def prepare(folder: Path = FOLDER) -> Iterator[Path]:
    """Make all files anew in a folder; yield each when it is written."""
    yield write_bytes(folder / FILE.name, npz_bytes({name: shades(name) for name in COLORMAPS}))
    for data in thumbnails.SETS:
        yield write_bytes(folder / thumbnails.file_name(data), as_json(list(thumbnails.drawn(data))))
    yield write_bytes(folder / MEASURED, as_json(measured()))


def measured() -> dict[str, dict[str, Any]]:
    """Return all that `stored` returns, by name and key."""
    digests = {(card["name"], card["gates"]): card["sha256"] for card in list_cards()}
    found: dict[str, dict[str, Any]] = {OPERATIONS: {name: forward_flops(MODELS[name]) for name in LARGE}}
    for name, (measure, weights) in MEASURES.items():
        found[name] = {digests[one]: measure(load_model(*one)) for one in weights}
    return found


def as_json(content: Any) -> bytes:
    """Return JSON with a line for each entry."""
    return (json.dumps(content, indent=1) + "\n").encode()
