"""sqexplain: which part of a picture a net answered from, read from Squeeze-and-Excitation gates and from gradients.

    import sqexplain as sx

    classifier = sx.load_model("cifar10-resnet")
    for explanation in sx.explain(classifier, sx.from_file("cat.jpg"), methods=("se:percent=10", "gradcam")):
        explanation.save("out")

The modules in reading order; each imports only from those above it:

    registry        look-up by name: a wrong name is answered with the nearest one
    progress        Progress: what long work yields between its results
    classes         the class names of the data sets, which nets and data share
    media           files to arrays and back
    metrics         pure functions behind the numbers
    task            logits to probabilities: one class of many, or yes or no for each attribute
    tasks           what a net is asked: one class of many, each attribute for itself, or speech in every frame
    drawing         arrays to pictures: colour maps, overlays, figures
    sample          Sample, from_file, from_bytes: what the user gives; Dataset; the part of a picture that a net sees
    gates           Squeeze-and-Excitation blocks; insert_se: one put after the last map of any net; channels chosen
    recording       record: one forward and at most one backward pass, kept as a Trace
    classifier      Classifier: net, preprocessing, class names and lock in one
    faces           find_people, align_face: the faces in a video, cut out; the face in a photograph, aligned
    synthetic       scenes, faces and talkers drawn from a seed, with masks of what the answer is made from
    methods         METHODS: a Trace to one map, a formula each
    features        what the head of a net reads of a data set, kept once
    data            DATASETS, open_dataset
    explanation     explain, read: from a Sample to heatmaps at its own resolution; influence, predict_frames: of clips
    models          MODELS, load_model
    learning        train: a net from scratch; retrofit: only the block learns, the net stays frozen
    evaluation      evaluate: how accurate, how faithful; in its packages where the maps lie and how fast they are
    publishing      make: train or retrofit, store, measure, write the card
    figures         FIGURES, make_figures: the paper's tables and figures, measured anew
    cli             the command line, `python -m sqexplain`
    ui              what the pages of the app share

The names below are imported when they are first used, so that `import sqexplain` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .classifier import Classifier, Spec
    from .data import DATASETS, open_dataset
    from .evaluation import evaluate, localise
    from .evaluation.ablation import ablate
    from .evaluation.face_regions import occlude
    from .evaluation.face_regions.survey import survey
    from .evaluation.speed import bench
    from .explanation import Explanation, explain, predict_frames, read
    from .explanation.influence import influence
    from .faces import align_face, find_people
    from .gates.insertion import insert_se
    from .learning import retrofit, train
    from .methods import METHODS
    from .models import MODELS, load_model
    from .sample import Sample, from_bytes, from_file

__version__ = "0.1.0"

__all__ = [
    "DATASETS",
    "METHODS",
    "MODELS",
    "Classifier",
    "Explanation",
    "Sample",
    "Spec",
    "ablate",
    "align_face",
    "bench",
    "evaluate",
    "explain",
    "find_people",
    "from_bytes",
    "from_file",
    "influence",
    "insert_se",
    "load_model",
    "localise",
    "occlude",
    "open_dataset",
    "predict_frames",
    "read",
    "retrofit",
    "survey",
    "train",
]

_HOMES = {
    "classifier": ("Classifier", "Spec"),
    "data": ("DATASETS", "open_dataset"),
    "evaluation": ("evaluate", "localise"),
    "evaluation.ablation": ("ablate",),
    "evaluation.face_regions": ("occlude",),
    "evaluation.face_regions.survey": ("survey",),
    "evaluation.speed": ("bench",),
    "explanation": ("Explanation", "explain", "predict_frames", "read"),
    "explanation.influence": ("influence",),
    "faces": ("align_face", "find_people"),
    "gates.insertion": ("insert_se",),
    "learning": ("retrofit", "train"),
    "methods": ("METHODS",),
    "models": ("MODELS", "load_model"),
    "sample": ("Sample", "from_bytes", "from_file"),
}


def __getattr__(name: str):
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f".{home}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
