"""How the SE map compares with others over a few samples, as the page "Paper" says it: rank correlation, mass."""

import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.data import open_dataset
from sqexplain.explanation import explain
from sqexplain.explanation.maps import seen
from sqexplain.metrics.agreement import rank_correlation
from sqexplain.metrics.localisation import mass_over_area, mean_interval

GRADIENT = ("gradcam", "gradcam++", "eigengradcam", "fullgrad")  # the methods of the paper's figure 5
PLACES = 48  # in each direction, at which maps are compared
SCENES = 60  # drawn scenes, whose evidence is known


def agreement(classifier: Classifier) -> dict[str, float]:
    """Return the rank correlation of the SE map with each gradient map and the plain mean, over all photographs."""
    methods = ("se", *GRADIENT, "mean")
    found = []
    photographs = open_dataset("photographs")
    for index in range(len(photographs)):
        maps = explain(classifier, photographs[index], methods)
        found.append(rank_correlation(np.stack([seen(one, PLACES) for one in maps]))[0])  # (M,)
    return dict(zip(methods[1:], np.nanmean(found, 0)[1:].tolist(), strict=True)) | {"samples": len(found)}


def localisation(classifier: Classifier) -> dict[str, tuple[float, float]]:
    """Return mass over area on drawn scenes of SE, GradCAM and of SE minus GradCAM: means with half an interval."""
    scenes = open_dataset("scenes")
    samples = [scenes[index] for index in range(SCENES)]
    found = explain(classifier, samples, ("se", "gradcam"))
    masks = [sample.mask[0] for sample in samples if sample.mask is not None]
    pairs = zip(masks, found, strict=True)
    masses = np.array([[mass_over_area(one.heatmaps[0], mask) for one in pair] for mask, pair in pairs])  # (SCENES, 2)
    sides = {"se": masses[:, 0], "gradcam": masses[:, 1], "difference": masses[:, 0] - masses[:, 1]}
    return {name: mean_interval(values) for name, values in sides.items()}
