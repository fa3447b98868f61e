"""Where the traits of a still are seen, and which part of the face each pixel belongs to."""

import numpy as np

from sqexplain.synthetic.portraits import drawing, still
from sqexplain.synthetic.portraits.brush import ellipse
from sqexplain.synthetic.portraits.features import BROWS, EYES, MOUTH
from sqexplain.synthetic.portraits.person import TRAITS, Person
from sqexplain.synthetic.portraits.skin import TIP
from sqexplain.synthetic.portraits.tracer import (
    BANGS,
    BEARD,
    EARRINGS,
    GLASSES,
    HAIR,
    HAT,
    LIPS,
    MUSTACHE,
    SKIN,
    Tracer,
)

PARTS = ("background", "cheeks", "chin", "mouth", "brow", "eyes", "nose", "hair")  # a later one hides an earlier one
FOREHEAD = -0.52  # where it begins above the brows
WORN = {  # by trait the layer that is nothing else
    "Eyeglasses": GLASSES,
    "Wearing_Hat": HAT,
    "Bangs": BANGS,
    "Beard": BEARD,
    "Mustache": MUSTACHE,
    "Wearing_Earrings": EARRINGS,
}
GHOSTS = (("Eyeglasses", "Beard"), ("Bangs", "Mustache", "Wearing_Earrings"))  # those that do not hide each other


def evidence(person: Person, tracer: Tracer) -> dict[str, np.ndarray]:
    """Return by trait where it is seen, or where it would be, (H, W) bool.

    Of a trait that is missing there is a mask where its place is plain: that of the glasses before these very eyes, of
    the beard on this jaw. There is none for a hat, none for the bald head below a hat or for the colour of no hair.
    """
    found = {trait: tracer.seen(LIPS) for trait in ("Smiling", "Mouth_Slightly_Open", "Wearing_Lipstick")}
    found |= {trait: tracer.seen(layer) for trait, layer in WORN.items() if trait in person}
    if "Bald" not in person:
        found |= {trait: tracer.seen(HAIR, BANGS) for trait in ("Blond_Hair", "Black_Hair")}
    if "Wearing_Hat" not in person:
        found["Bald"] = _scalp(person, tracer) & tracer.seen(SKIN, HAIR, BANGS)
    for ghosts in GHOSTS:
        missing = [one for one in ghosts if one not in person and not (one == "Bangs" and "Bald" in person)]
        if missing:
            imagined = still.trace(person.having(*missing), np.zeros_like(tracer.picture), bare=True)
            found |= {trait: imagined.seen(WORN[trait]) for trait in missing}
    return {trait: found[trait] for trait in TRAITS if trait in found}


def parts(person: Person, tracer: Tracer) -> dict[str, np.ndarray]:
    """Return by name of `PARTS` the pixels (H, W) bool that belong to it; each pixel belongs to one.

    Hair holds hat and forehead, eyes hold the glasses, cheeks hold ears, temples and earrings, the chin its beard, and
    the background neck and clothes.
    """
    face, _ = person.shown
    head = tracer.region(drawing.outline(face, 0.0))
    bearded = tracer.seen(BEARD)
    below = tracer.region(np.array([(-0.5, 0.68), (0.5, 0.68), (0.7, 3.0), (-0.7, 3.0)]))
    masks = {
        "cheeks": head | bearded | tracer.seen(SKIN, EARRINGS),
        "chin": (head | bearded) & below,
        "mouth": tracer.region(tracer.round(ellipse(0, MOUTH - 0.01, face.mouth * 1.3, 0.2))) | tracer.seen(LIPS),
        "brow": _both(tracer, face.eyes, BROWS - 0.02, 0.31, 0.1),
        "eyes": _both(tracer, face.eyes, EYES + 0.02, 0.31, 0.21) | tracer.seen(GLASSES),
        "nose": tracer.region(tracer.round(_nose(face.nose), 1.15)) & ~tracer.seen(GLASSES),
        "hair": tracer.seen(HAIR, BANGS, HAT) | _scalp(person, tracer),
    }
    owner = np.zeros(tracer.owner.shape, np.uint8)
    for number, name in enumerate(PARTS[1:], 1):
        owner[masks[name]] = number
    return {name: owner == number for number, name in enumerate(PARTS)}


def _scalp(person: Person, tracer: Tracer) -> np.ndarray:
    """Return the head above the brows, hidden or not."""
    above = np.array([(-2, -3), (2, -3), (2, FOREHEAD), (-2, FOREHEAD)])
    return tracer.region(drawing.outline(person.face, 0.0)) & tracer.region(above)


def _both(tracer: Tracer, away: float, height: float, across: float, high: float) -> np.ndarray:
    """Return an ellipse on either side of the face."""
    return tracer.region(*(tracer.round(ellipse(side * away, height, across, high)) for side in (-1, 1)))


def _nose(half: float) -> np.ndarray:
    right = [(0.07, EYES - 0.08), (0.1, 0.05), (half + 0.05, TIP - 0.04), (half + 0.02, TIP + 0.06), (0.07, TIP + 0.12)]
    return np.array([*right, *((-x, y) for x, y in right[::-1])])
