"""sqexplain: visual explanations from Squeeze-and-Excitation gates, beside GradCAM and its relatives.

    import sqexplain as sx

    classifier = sx.load_model("cifar10-resnet")
    for explanation in sx.explain(classifier, sx.from_file("cat.jpg"), methods=("se:percent=10", "gradcam")):
        explanation.save("out")

The modules in reading order; each imports only from those above it:

    registry        look-up by name, in tables that plugins add to; a wrong name is answered with the nearest one
    locations       what the package brings, and the folders of the user
    extras          packages that need not be installed, and the sentence where they are missing
    progress        Progress, which long work yields between its results
    classes         class names of the data sets, shared by models and data
    media           files to arrays and back: pictures, video, sound; atomic writing of files, CSV, NPZ
    metrics         pure functions behind the numbers: average precision, AUC, localisation, agreement
    drawing         arrays to pictures for print: colour maps, overlays, figures
    gates           Squeeze-and-Excitation blocks, insert_se, and which channels their gates select (top-k)
    tasks           multiclass, multilabel, per frame: probabilities, losses, checks of labels, scores
    sample          Sample, from_file; Dataset and as_dataset; cropping to what a model sees
    recording       record: one forward and at most one backward pass, kept as Traces; the hooks of a pass
    classifier      Spec and Classifier: net, preprocessing, class names, SE blocks, lock
    faces           find_people in a video, align_face in a photograph
    synthetic       scenes, faces and talkers drawn from a seed, with masks of the evidence
    methods         METHODS: one formula each, from a Trace to a map; register_method
    features        pooled features of a data set, with the head that reads them
    data            DATASETS, open_dataset, register_dataset
    explanation     explain, read: from a Sample to heatmaps at its own resolution; saving them
    models          MODELS, load_model, save_model, register_model: specs, nets, weights and their cards
    learning        train a net, retrofit an SE block on a frozen one
    evaluation      evaluate, localise, occlude, ablate, bench: accuracy, gates, maps, speed
    prepared        what the app shows at start, computed beforehand
    publishing      make: learn, store, evaluate, write the model card
    figures         FIGURES, make_figures: the paper's tables and figures, measured anew
    cli             the command line, `python -m sqexplain`
    ui              what the pages of the app share

The names below are imported when they are first used, so that `import sqexplain` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .classifier import Classifier, Spec
    from .data import DATASETS, open_dataset, register_dataset
    from .evaluation import evaluate, localise
    from .evaluation.face_regions import occlude
    from .evaluation.face_regions.survey import survey
    from .evaluation.input_ablation import ablate
    from .evaluation.speed import bench
    from .explanation import Explanation, explain, predict_frames, read
    from .explanation.influence import influence
    from .faces import align_face, find_people
    from .gates.insertion import insert_se
    from .learning import retrofit, train
    from .methods import METHODS, register_method
    from .models import MODELS, load_model, register_model, save_model
    from .sample import Sample, as_dataset, from_bytes, from_file

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
    "as_dataset",
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
    "register_dataset",
    "register_method",
    "register_model",
    "retrofit",
    "save_model",
    "survey",
    "train",
]

_HOMES = {
    "classifier": ("Classifier", "Spec"),
    "data": ("DATASETS", "open_dataset", "register_dataset"),
    "evaluation": ("evaluate", "localise"),
    "evaluation.input_ablation": ("ablate",),
    "evaluation.face_regions": ("occlude",),
    "evaluation.face_regions.survey": ("survey",),
    "evaluation.speed": ("bench",),
    "explanation": ("Explanation", "explain", "predict_frames", "read"),
    "explanation.influence": ("influence",),
    "faces": ("align_face", "find_people"),
    "gates.insertion": ("insert_se",),
    "learning": ("retrofit", "train"),
    "methods": ("METHODS", "register_method"),
    "models": ("MODELS", "load_model", "register_model", "save_model"),
    "sample": ("Sample", "as_dataset", "from_bytes", "from_file"),
}

_RENAMED = {
    "evaluate_attributes": "evaluate",
    "evaluate_clips": "evaluate",
    "retrofit_clips": "retrofit",
    "score_frames": "predict_frames",
    "train_clips": "train",
}


def __getattr__(name: str):
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f".{home}", __name__), name)
    hint = f"; it is called {_RENAMED[name]!r} now" if name in _RENAMED else ""
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
