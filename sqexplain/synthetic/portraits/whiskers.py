"""The beard and the moustache of a person of a still; neither grows where the other does."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits.brush import Colour, ellipse, ring, shade
from sqexplain.synthetic.portraits.features import MOUTH, U
from sqexplain.synthetic.portraits.tracer import BEARD, MUSTACHE, Tracer

BEARDS = ("full", "long", "goatee")
MUSTACHES = ("chevron", "handlebar", "walrus")
COLOURS = ((20, 17, 18), (52, 36, 27), (86, 56, 36), (142, 70, 36), (128, 126, 126))
DARKER, LIGHTER = 0.64, 1.5  # how bright they must be beside the skin, at most or at least, to be seen


@dataclass(frozen=True)
class Whiskers:
    """One of `BEARDS` and of `MUSTACHES`, their colour, and how the hairs lie."""

    beard: str
    mustache: str
    colour: Colour
    thick: float  # of the moustache, a factor
    seed: int


def invent(rng: Generator, skin: Colour) -> Whiskers:
    """Return whiskers that are seen on this skin."""
    seen = [colour for colour in COLOURS if not DARKER < sum(colour) / sum(skin) < LIGHTER]
    chosen = seen[int(rng.random() ** 1.5 * len(seen))]  # dark ones more often
    return Whiskers(
        BEARDS[rng.integers(len(BEARDS))],
        MUSTACHES[rng.integers(len(MUSTACHES))],
        chosen,
        rng.uniform(0.85, 1.25),
        int(rng.integers(1 << 31)),
    )


def beard(tracer: Tracer, worn: Whiskers, head: np.ndarray) -> None:
    """Draw the beard on the jaw of the outline of a head; the upper lip stays bare."""
    tracer.layer = BEARD
    chin = head[:, 1].max()
    if worn.beard == "goatee":
        low = (MOUTH + 0.1 + chin) / 2
        shape = tracer.round(ellipse(0, low, 0.36, chin - low + 0.1, 24))
    else:
        jaw = head[head[:, 1] > 0.12] * (1.01, 1.02)  # from the right ear round the chin to the left one
        if worn.beard == "long":
            jaw = jaw + np.stack([0 * jaw[:, 0], 0.24 * np.clip(jaw[:, 1] / chin, 0, 1) ** 4], 1)
        cheek = [(-0.88, 0.2), (-0.8, 0.42), (-0.62, 0.6), (-0.44, 0.62), (-0.36, 0.74), (0, 0.78)]
        mirrored = [(-x, y) for x, y in cheek[-2::-1]]
        shape = np.vstack([jaw, tracer.round(np.array(cheek + mirrored))])
    tracer.fill(shape, worn.colour)
    rng = np.random.default_rng(worn.seed)
    roots = rng.uniform((-1, 0.1), (1, chin + 0.25), (260, 2))
    _hairs(tracer, worn, roots, roots * (0.12, 0.0) + (0, 0.11))


def mustache(tracer: Tracer, worn: Whiskers, half: float) -> None:
    """Draw the moustache over a mouth half as wide as `half`."""
    tracer.layer = MUSTACHE
    x = U * half * {"chevron": 1.0, "handlebar": 1.3, "walrus": 1.12}[worn.mustache]
    middle, droop = MOUTH - 0.15, {"chevron": 0.08, "handlebar": -0.1, "walrus": 0.16}[worn.mustache]
    line = middle + droop * U * U + 0.02 * np.exp(-((U / 0.1) ** 2))
    thick = worn.thick * 0.085 * np.clip(1.12 - U * U, 0.2, 1) ** 0.6
    if worn.mustache == "handlebar":
        line = middle + 0.14 * U * U - 0.3 * U**8
    tracer.fill(tracer.round(ring(x, line - thick, line + thick), 1.05), worn.colour)
    rng = np.random.default_rng([worn.seed, 1])
    roots = rng.uniform((-0.45, middle - 0.12), (0.45, middle + 0.1), (60, 2))
    _hairs(tracer, worn, roots, np.stack([0.22 * roots[:, 0], np.full(60, 0.07)], 1))


def _hairs(tracer: Tracer, worn: Whiskers, roots: np.ndarray, ways: np.ndarray) -> None:
    lines = np.stack([roots, roots + 0.5 * ways + (0.01, 0), roots + ways], 1)  # (n, 3, 2)
    tracer.strands(tracer.round(lines.reshape(-1, 2)).reshape(lines.shape), _tones(worn.colour))


def _tones(colour: Colour) -> list[Colour]:
    """Return tones about a colour; of a nearly black one, too."""
    return [shade(tuple(value + 10 for value in colour), factor) for factor in (0.7, 0.88, 1.12, 1.3)]
