"""Draws a person of a still with all that surrounds it, and tells which layer each pixel shows."""

import numpy as np
from numpy.random import default_rng

from sqexplain.synthetic.portraits import drawing, earrings, eyewear, features, hats, locks, room, skin, whiskers
from sqexplain.synthetic.portraits.person import HEIGHT, WIDTH, Person
from sqexplain.synthetic.portraits.tracer import LIPS, SKIN, Tracer


def draw(person: Person) -> tuple[np.ndarray, Tracer]:
    """Return the photograph (218, 178, 3) uint8 RGB, and the tracer, whose `owner` has the layer of each pixel."""
    rng = default_rng(person.seed)
    tracer = trace(person, room.ground(rng, HEIGHT, WIDTH))
    return room.photograph(rng, tracer.picture), tracer


def trace(person: Person, picture: np.ndarray, bare: bool = False) -> Tracer:
    """Draw the person on a picture (H, W, 3) uint8, in place, from the back to the front.

    Where `bare`, it is drawn without strands and soft light, for its masks alone.
    """
    face, look = person.shown
    head = drawing.outline(face, 0.0)
    pose = {"roll": look.roll, "turn": look.turn, "nod": look.nod, "stretch": person.stretch}
    tracer = Tracer(picture, look.x, look.y, look.size, bare, **pose)
    if "Bald" not in person:
        locks.behind(tracer, person.locks, face.height, person.hair)
    skin.body(tracer, face, person.collar)
    skin.head(tracer, face, head, person.key)
    _features(tracer, person, head)
    if "Bald" not in person:
        locks.front(tracer, person.locks, face.height, person.hair)
        if "Bangs" in person:
            locks.bangs(tracer, person.locks, face.height, person.hair)
        locks.light(tracer, person.locks, face.height)
    if "Eyeglasses" in person:
        eyewear.draw(tracer, person.glasses, face.eyes)
    if "Wearing_Earrings" in person:
        earrings.draw(tracer, person.earrings)
    if "Wearing_Hat" in person:
        hats.draw(tracer, person.hat, locks.top(person.locks, face.height), person.locks.off)
    return tracer


def _features(tracer: Tracer, person: Person, head: np.ndarray) -> None:
    """Draw what is on the bare face; `head` is its outline."""
    face, look = person.shown
    if "Beard" in person:
        whiskers.beard(tracer, person.whiskers, head)
    tracer.layer = SKIN
    for side in (-1, 1):
        features.eye(tracer, face, look, side)
        features.brow(tracer, face, look, side)
    skin.nostrils(tracer, face)
    if "Mustache" in person:
        whiskers.mustache(tracer, person.whiskers, face.mouth)
    tracer.layer = LIPS
    features.mouth(tracer, face, look)
