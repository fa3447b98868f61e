"""sqexplain: which part of a picture a net answered from, read from Squeeze-and-Excitation gates and from gradients.

    import sqexplain as sx

    classifier = sx.load_model("cifar10-resnet")
    for explanation in sx.explain(classifier, sx.from_file("cat.jpg"), methods=("se:percent=10", "gradcam")):
        explanation.save("out")

The modules in reading order; each imports only from those above it:

    names           look-up by name: a wrong name is answered with the nearest one
    se              Squeeze-and-Excitation blocks, the gates of every explanation
    media           files to arrays and back
    drawing         arrays to pictures: colour maps, overlays, figures
    sample          Sample, from_file, from_bytes: what the user gives
    insertion       insert_se: put a block after the last map of any net
    recording       record: one forward and at most one backward pass, kept as a Trace
    methods         METHODS: a Trace to one map, a formula each
    classifier      Classifier: net, preprocessing, class names and lock in one
    heads           the part of a net after its block, on pooled vectors
    scaling         raw maps to heatmaps
    explanation     explain, read: from a Sample to heatmaps at its own resolution
    models          MODELS, load_model
    data            DATASETS, open_dataset
    training        train: a net from scratch
    retrofitting    retrofit: only the block learns, the net stays frozen
    metrics         pure functions behind the numbers
    evaluation      evaluate: how accurate, how faithful
    predictions     predict, match: tables of who speaks when, in the official format, and their score
    localisation    localise, flips: do the maps lie on the evidence, where it is known
    timing          bench: how fast
    making          make: train or retrofit, store, measure, write the card
    cli             the command line, `python -m sqexplain`
    ui              what the pages of the app share

The names below are imported when they are first used, so that `import sqexplain` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .classifier import Classifier, Spec
    from .data import DATASETS, open_dataset
    from .evaluation import evaluate
    from .explanation import Explanation, explain, read
    from .insertion import insert_se
    from .methods import METHODS
    from .models import MODELS, load_model
    from .retrofitting import retrofit
    from .sample import Sample, from_bytes, from_file
    from .timing import bench
    from .training import train

__version__ = "0.1.0"

__all__ = [
    "DATASETS",
    "METHODS",
    "MODELS",
    "Classifier",
    "Explanation",
    "Sample",
    "Spec",
    "bench",
    "evaluate",
    "explain",
    "from_bytes",
    "from_file",
    "insert_se",
    "load_model",
    "open_dataset",
    "read",
    "retrofit",
    "train",
]

_HOMES = {
    "classifier": ("Classifier", "Spec"),
    "data": ("DATASETS", "open_dataset"),
    "evaluation": ("evaluate",),
    "explanation": ("Explanation", "explain", "read"),
    "insertion": ("insert_se",),
    "methods": ("METHODS",),
    "models": ("MODELS", "load_model"),
    "retrofitting": ("retrofit",),
    "sample": ("Sample", "from_bytes", "from_file"),
    "timing": ("bench",),
    "training": ("train",),
}


def __getattr__(name: str):
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f".{home}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
