"""Whose face it is (`Face`), and what it does at one moment (`Look`)."""

from dataclasses import dataclass

from sqexplain.synthetic.portraits.brush import Colour

SKINS = ((255, 226, 204), (244, 200, 164), (226, 174, 130), (198, 138, 96), (146, 92, 62), (98, 62, 44), (66, 42, 32))
IRISES = ((70, 44, 28), (98, 68, 38), (74, 104, 74), (72, 112, 150), (96, 108, 116))


@dataclass(frozen=True)
class Face:
    """Whose face it is; lengths in halves of the width of the head, from its middle."""

    skin: Colour
    hair: Colour
    iris: Colour
    clothes: Colour
    rims: Colour  # of the glasses
    height: float = 1.3  # half the height of the head
    jaw: float = 0.25  # how much narrower the jaw is than the temples
    eyes: float = 0.4  # how far an eye is from the middle
    eye: float = 0.2  # half its width
    brow: float = 0.07
    nose: float = 0.17  # half its width
    mouth: float = 0.36  # half its width at rest
    lip: float = 0.1
    redness: float = 0.4  # of the lips
    lipstick: Colour | None = None
    hairstyle: str = "short"  # a key of `hairstyles.STYLES`
    fringe: float = 0.5  # how far the hair comes down to the brows, 0 to 1
    parting: float = 0.3  # where it falls apart, -1 to 1
    beard: str = "none"  # one of `features.BEARDS`
    glasses: str = "none"  # one of `features.GLASSES`


@dataclass(frozen=True)
class Look:
    """What a face does at one moment; all but `x`, `y` and `size` without a unit, 0 is at rest."""

    x: float  # the middle of the head in pixels
    y: float
    size: float  # half the width of the head in pixels
    roll: float = 0.0  # radians, clockwise
    turn: float = 0.0  # radians, to the right of the picture
    nod: float = 0.0
    opening: float = 0.0  # of the mouth, 0 shut to 1
    width: float = 0.0  # of the mouth, -1 rounded to 1 spread
    smile: float = 0.0  # -1 to 1
    lids: float = 1.0  # 0 shut to 1 open
    gaze: float = 0.0  # -1 left to 1 right
    brows: float = 0.0  # -1 down to 1 up
