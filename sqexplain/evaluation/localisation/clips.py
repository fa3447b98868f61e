"""Do the maps of a speaking face lie on the mouth? For drawn clips, whose mouths are known.

T frames, H x W picture size.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.evaluation import Progress, Score
from sqexplain.explanation import explain
from sqexplain.methods import Method, parse
from sqexplain.metrics.localisation import centre_gaussian, mass_over_area, mean_interval, pointing
from sqexplain.sample import Sample

DILATION = 10  # pixels around the lips that count as mouth, too: the skin there moves with them
SPEAKING = 1
MEASURES = ("mass", "pointing", "mass, wide", "pointing, wide")


def localise_clips(
    classifier: Classifier, samples: Sequence[Sample], methods: Sequence[Method | str]
) -> Iterator[Progress | Score]:
    """Yield `Progress` while clips are explained, then scores of each method, on the frames that speak.

    "mass" is mass over area in the mouth itself, "mass, wide" in the mouth and `DILATION` pixels around it (1 is
    chance), "pointing" and "pointing, wide" the share of maps with their maximum there. Frames of one clip are not
    independent: the half width of the 95 % interval is that over the means of the clips.

    Raises:
        ValueError: no clip has a mask of the mouth and frames labelled as speaking.
    """
    methods = [parse(method) if isinstance(method, str) else method for method in methods]
    usable = [one for one in samples if one.mask is not None and one.labels is not None and speaking(one).any()]
    if not usable:
        raise ValueError("no clip has a mask of the mouth and frames that speak; take a data set that has: 'talkers'")
    found = {method.text: [] for method in methods} | {"centre Gaussian": []}
    for count, sample in enumerate(usable, 1):
        for one in explain(classifier, sample, methods):
            found[one.method].append(clip_scores(one.heatmaps, sample))
        centre = centre_gaussian(*sample.frames.shape[1:3])
        found["centre Gaussian"].append(clip_scores(np.repeat(centre[None], len(sample.frames), 0), sample))
        yield Progress(count, len(usable))
    for name, clips in found.items():
        for measure, values in zip(
            ("mass", "pointing", "mass, wide", "pointing, wide"), np.array(clips).T, strict=True
        ):
            mean, half = mean_interval(values)
            yield Score(f"{measure}, {name}", mean, f"± {half:.3f} (95 %, {len(values)} clips)")


def clip_scores(heatmaps: np.ndarray, sample: Sample) -> tuple[float, ...]:
    """Return mass over area and pointing in the mouth, then both in the wide mouth: means over the speaking frames."""
    frames = np.flatnonzero(speaking(sample))
    found = [
        [
            measure(heatmaps[frame], mask)
            for mask in (sample.mask[frame], dilated(sample.mask[frame]))
            for measure in (mass_over_area, pointing)
        ]
        for frame in frames
    ]
    return tuple(
        float(np.nanmean(column)) if np.isfinite(column).any() else float("nan") for column in np.array(found).T
    )


def mouth_shares(heatmaps: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of each map's mass on the mouth and on the wide mouth, (T,) each in [0, 1]; NaN without mass.

    heatmaps (T, H, W) in [0, 1], mask (T, H, W) bool.
    """
    total = heatmaps.sum((1, 2))
    wide = np.stack([dilated(one) for one in mask])
    with np.errstate(invalid="ignore"):
        return tuple(np.where(total > 0, (heatmaps * one).sum((1, 2)) / total, np.nan) for one in (mask, wide))


def dilated(mask: np.ndarray, pixels: int = DILATION) -> np.ndarray:
    """Return a mask (H, W) bool grown by so many pixels in every direction."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return cv2.dilate(mask.astype(np.uint8), disc).astype(bool)


def speaking(sample: Sample) -> np.ndarray:
    """Return which frames are labelled as speaking and show the mouth, (T,) bool."""
    return (sample.labels == SPEAKING) & sample.mask.any((1, 2))
