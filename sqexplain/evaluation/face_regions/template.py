"""Where the parts of a face lie in a picture aligned as CelebA is, and which of them carry which attribute.

The boxes were set by eye on the mean of 3,000 aligned training faces. H x W picture size.
"""

from functools import lru_cache

import numpy as np

from sqexplain.sample import Sample

TEMPLATE = (109, 89)  # rows and columns that the boxes are given in
Box = tuple[int, int, int, int]  # top, bottom, left, right
# A later box lies over an earlier one, so that each pixel belongs to one part; what is left is background.
_BOXES: dict[str, tuple[Box, ...]] = {
    "hair": ((6, 43, 14, 75), (43, 84, 8, 22), (43, 84, 67, 81)),
    "forehead": ((27, 43, 25, 64),),
    "brow": ((43, 50, 22, 67),),
    "eyes": ((50, 62, 22, 67),),
    "cheeks": ((62, 84, 22, 67),),
    "nose": ((62, 71, 36, 53),),
    "mouth": ((71, 84, 32, 57),),
    "chin": ((84, 98, 26, 63),),
}
BACKGROUND = "background"
REGIONS = ("hair", "forehead", "brow", "eyes", "nose", "cheeks", "mouth", "chin", BACKGROUND)  # from top to bottom
_HAIR, _BEARD = ("hair",), ("mouth", "chin")
# Where one would look for an attribute; those that no part carries (Young, Blurry, ...) are not in the table.
EXPECTED: dict[str, tuple[str, ...]] = {
    "5_o_Clock_Shadow": ("cheeks", "mouth", "chin"),
    "Arched_Eyebrows": ("brow",),
    "Bags_Under_Eyes": ("eyes",),
    "Bald": ("hair", "forehead"),
    "Bangs": ("forehead",),
    "Beard": ("cheeks", "mouth", "chin"),
    "Big_Lips": ("mouth",),
    "Big_Nose": ("nose",),
    "Black_Hair": _HAIR,
    "Blond_Hair": _HAIR,
    "Brown_Hair": _HAIR,
    "Bushy_Eyebrows": ("brow",),
    "Double_Chin": ("chin",),
    "Eyeglasses": ("eyes",),
    "Goatee": _BEARD,
    "Gray_Hair": _HAIR,
    "High_Cheekbones": ("cheeks",),
    "Mouth_Slightly_Open": ("mouth",),
    "Mustache": ("mouth",),
    "Narrow_Eyes": ("eyes",),
    "No_Beard": _BEARD,
    "Pointy_Nose": ("nose",),
    "Receding_Hairline": ("hair", "forehead"),
    "Rosy_Cheeks": ("cheeks",),
    "Smiling": ("mouth",),
    "Straight_Hair": _HAIR,
    "Wavy_Hair": _HAIR,
    "Wearing_Hat": ("hair", "forehead"),
    "Wearing_Lipstick": ("mouth",),
    "Wearing_Necklace": (BACKGROUND,),
    "Wearing_Necktie": (BACKGROUND,),
}
# What is measured: attributes that one can see, in one place.
VISIBLE = (
    "Eyeglasses",
    "Wearing_Hat",
    "Smiling",
    "Mouth_Slightly_Open",
    "Bangs",
    "Blond_Hair",
    "Black_Hair",
    "Bald",
    "Goatee",
    "No_Beard",
    "Mustache",
    "Wearing_Lipstick",
)
# What a net should not be taken to know of a real person: shown for a data set, not for an upload unless asked for.
IDENTITY = (
    "Male",
    "Young",
    "Attractive",
    "Pale_Skin",
    "Chubby",
    "Double_Chin",
    "Big_Nose",
    "Big_Lips",
    "Narrow_Eyes",
    "Oval_Face",
    "Pointy_Nose",
)


def boxes(height: int, width: int) -> dict[str, tuple[tuple[float, float, float, float], ...]]:
    """Return the boxes (top, bottom, left, right) of each part but the background, in pixels of an aligned picture."""
    rows, columns = height / TEMPLATE[0], width / TEMPLATE[1]
    return {
        name: tuple((top * rows, bottom * rows, left * columns, right * columns) for top, bottom, left, right in found)
        for name, found in _BOXES.items()
    }


@lru_cache(maxsize=16)
def parts(height: int, width: int) -> dict[str, np.ndarray]:
    """Return which pixels of an aligned picture belong to each of `REGIONS`, (H, W) bool, each pixel to one."""
    number = np.zeros((height, width), np.int64)  # 0 is the background
    for place, found in enumerate(boxes(height, width).values(), 1):
        for top, bottom, left, right in found:
            number[round(top) : round(bottom), round(left) : round(right)] = place
    names = [BACKGROUND, *_BOXES]
    masks = {name: number == names.index(name) for name in REGIONS}
    for mask in masks.values():
        mask.flags.writeable = False  # shared by all who ask
    return masks


def shares(heatmap: np.ndarray) -> np.ndarray:
    """Return the share of the mass of a heatmap (H, W) in each of `REGIONS`, (R,); NaN for a map that shows nothing."""
    total = float(heatmap.sum())
    if not total > 0:
        return np.full(len(REGIONS), np.nan)
    return np.array([float(heatmap[mask].sum()) / total for mask in parts(*heatmap.shape).values()])


def evidence(sample: Sample, attribute: str) -> np.ndarray | None:
    """Return where the evidence for an attribute lies, (H, W) bool: exact where the sample knows it, else the parts.

    None where neither is known.
    """
    if sample.evidence is not None:
        found = sample.evidence.get(attribute)
        return None if found is None else found[0]
    if attribute not in EXPECTED:
        return None
    masks = parts(*sample.frames.shape[1:3])
    return np.logical_or.reduce([masks[name] for name in EXPECTED[attribute]])
