"""Who a still shows, invented from a seed: everything is drawn by lot for everyone, and the traits say what is seen.

So two people who differ in one trait alone are alike in all else, to the last hair.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits import earrings, eyewear, hats, locks, skin, whiskers
from sqexplain.synthetic.portraits.brush import Colour, between, muted, shade
from sqexplain.synthetic.portraits.earrings import Earrings
from sqexplain.synthetic.portraits.eyewear import Glasses
from sqexplain.synthetic.portraits.face import IRISES, SKINS, Face, Look
from sqexplain.synthetic.portraits.features import EYES
from sqexplain.synthetic.portraits.hats import Hat
from sqexplain.synthetic.portraits.locks import Locks
from sqexplain.synthetic.portraits.whiskers import Whiskers

SHARES = {  # of the people; those of hair are of the ones who have some
    "Eyeglasses": 0.3,
    "Wearing_Hat": 0.25,
    "Smiling": 0.5,
    "Mouth_Slightly_Open": 0.4,
    "Bangs": 0.35,
    "Blond_Hair": 0.25,
    "Black_Hair": 0.35,
    "Bald": 0.14,  # of those without a hat
    "Beard": 0.3,
    "Mustache": 0.25,
    "Wearing_Lipstick": 0.3,
    "Wearing_Earrings": 0.3,
}
TRAITS = tuple(SHARES)
BLOND = ((232, 192, 112), (242, 210, 140), (220, 172, 88))
BLACK = ((18, 17, 20), (21, 21, 26), (14, 14, 17))
OTHER = ((116, 70, 42), (134, 86, 52), (174, 76, 38), (152, 52, 30), (162, 160, 160), (196, 194, 192))
LIPSTICKS = ((206, 18, 48), (226, 36, 110), (160, 10, 52), (240, 58, 84), (196, 20, 130))
BROWS = ((42, 30, 26), (70, 48, 36), (96, 68, 48))
HEIGHT, WIDTH = 218, 178  # of the aligned pictures of CelebA
EYES_AT, APART = (88.5, 111.0), 39.0  # the middle between the eyes there, and how far they are apart, in pixels
LONG = 1.176  # the stretch that brings nose and mouth to their places, 24 and 41 pixels below the eyes
EYE_HEIGHT = EYES + 0.005
FAIREST, DARKEST = 0.0, 5.7  # places in `face.SKINS`; on still darker skin no beard would be seen


@dataclass(frozen=True)
class Person:
    """A face with all that it might wear; `traits` are those of `TRAITS` that are seen."""

    traits: frozenset[str]
    face: Face  # its hair is the colour that is neither blond nor black
    look: Look  # with the mouth at rest
    stretch: float
    key: float  # the side of the light, -1 left to 1 right
    blond: Colour
    black: Colour
    lipstick: Colour
    brows: Colour
    grin: float  # the smile, where there is one
    gap: float  # how far the mouth is open, where it is
    collar: str
    locks: Locks
    hat: Hat
    glasses: Glasses
    earrings: Earrings
    whiskers: Whiskers
    seed: int  # of ground and camera

    def __contains__(self, trait: str) -> bool:
        return trait in self.traits

    def having(self, *traits: str) -> "Person":
        """Return the same person with more traits; hair that was invented without a hat may stick out of one."""
        return replace(self, traits=self.traits.union(traits))

    def lacking(self, *traits: str) -> "Person":
        """Return the same person with fewer traits."""
        return replace(self, traits=self.traits.difference(traits))

    @property
    def hair(self) -> Colour:
        """The colour of the hair."""
        return self.blond if "Blond_Hair" in self else self.black if "Black_Hair" in self else self.face.hair

    @property
    def shown(self) -> tuple[Face, Look]:
        """Face and look as the traits have them; brows keep their colour, so that the hair alone tells its own."""
        face = replace(self.face, hair=self.brows, lipstick=self.lipstick if "Wearing_Lipstick" in self else None)
        look = replace(self.look, opening=self.gap if "Mouth_Slightly_Open" in self else 0.0)
        return face, replace(look, smile=self.grin, width=0.45) if "Smiling" in self else look


def invent(rng: Generator) -> Person:
    """Return a person whose eyes lie about where aligned photographs have them."""
    traits = _traits(rng)
    face = _face(rng)
    look, stretch = _look(rng, face)
    return Person(
        traits=traits,
        face=face,
        look=look,
        stretch=stretch,
        key=rng.uniform(0.2, 1) * (-1, 1)[rng.integers(2)],
        blond=_near(rng, BLOND),
        black=_near(rng, BLACK),
        lipstick=_near(rng, LIPSTICKS),
        brows=_near(rng, BROWS),
        grin=rng.uniform(1.0, 1.35),
        gap=rng.uniform(0.34, 0.55),
        collar=skin.COLLARS[rng.integers(len(skin.COLLARS))],
        locks=locks.invent(rng, "Wearing_Hat" in traits),
        hat=hats.invent(rng),
        glasses=eyewear.invent(rng),
        earrings=earrings.invent(rng),
        whiskers=whiskers.invent(rng, face.skin),
        seed=int(rng.integers(1 << 31)),
    )


def _traits(rng: Generator) -> frozenset[str]:
    """Draw each trait by itself, but for what cannot be: who is bald has no hat, fringe or colour of hair."""
    lots = dict(zip(TRAITS, rng.random(len(TRAITS)), strict=True))
    lots["Blond_Hair"] = 1 - lots["Black_Hair"]  # hair has one colour
    found = {trait for trait, share in SHARES.items() if lots[trait] < share}
    if "Wearing_Hat" in found:
        found.discard("Bald")
    if "Bald" in found:
        found -= {"Bangs", "Blond_Hair", "Black_Hair"}
    return frozenset(found)


def _face(rng: Generator) -> Face:
    tone = between(SKINS, rng.uniform(FAIREST, DARKEST))
    return Face(
        skin=shade(tone, rng.uniform(0.95, 1.03)),
        hair=_near(rng, OTHER),
        iris=IRISES[rng.integers(2 if np.mean(tone) < 140 else len(IRISES))],
        clothes=muted(rng, 30, 215, 50),
        rims=(0, 0, 0),
        height=rng.uniform(1.15, 1.26),
        jaw=rng.uniform(0.14, 0.34),
        eyes=rng.uniform(0.385, 0.415),
        eye=rng.uniform(0.17, 0.205),
        brow=rng.uniform(0.05, 0.08),
        nose=rng.uniform(0.14, 0.2),
        mouth=rng.uniform(0.32, 0.38),
        lip=rng.uniform(0.08, 0.12),
        redness=rng.uniform(0.12, 0.32),
    )


def _look(rng: Generator, face: Face) -> tuple[Look, float]:
    """Return the look at rest and the stretch; the head lies so that the middle between the eyes is in its place."""
    scale, stretch = rng.uniform(0.92, 1.08), LONG * rng.uniform(0.97, 1.03)
    size = scale * APART / 2 / face.eyes
    roll, turn, nod = math.radians(rng.uniform(-8, 8)), rng.uniform(-0.14, 0.14), rng.uniform(-0.03, 0.03)
    aim = np.array(EYES_AT) + rng.uniform(-4, 4, 2)
    depth = math.sqrt(1 - 0.8 * face.eyes**2)
    across, down = depth * math.sin(turn), (EYE_HEIGHT + depth * nod) * stretch
    place = aim - size * np.array(
        [across * math.cos(roll) - down * math.sin(roll), across * math.sin(roll) + down * math.cos(roll)]
    )
    look = Look(
        x=float(place[0]),
        y=float(place[1]),
        size=size,
        roll=roll,
        turn=turn,
        nod=nod,
        smile=rng.uniform(-0.45, -0.05),
        lids=rng.uniform(0.7, 1.0),
        gaze=rng.uniform(-0.5, 0.5),
        brows=rng.uniform(-0.5, 0.5),
    )
    return look, stretch


def _near(rng: Generator, colours: tuple[Colour, ...]) -> Colour:
    return shade(colours[rng.integers(len(colours))], rng.uniform(0.92, 1.06))
