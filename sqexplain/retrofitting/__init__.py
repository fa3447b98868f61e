"""Training SE blocks on a frozen net: seconds on cached vectors, one epoch at a time, resumable.

The question put to a block is sparse: close as many gates as you can without changing the answer.
"""

from sqexplain.retrofitting.clips import CLIP_SPARSE_RECIPES, ClipSparseRecipe, retrofit_clips
from sqexplain.retrofitting.pictures import retrofit
from sqexplain.retrofitting.recipes import (
    SPARSE_RECIPES,
    SparseRecipe,
    attribute_loss,
    class_loss,
    sparse_loss,
    sparse_recipe,
)

__all__ = [
    "CLIP_SPARSE_RECIPES",
    "SPARSE_RECIPES",
    "ClipSparseRecipe",
    "SparseRecipe",
    "attribute_loss",
    "class_loss",
    "retrofit",
    "retrofit_clips",
    "sparse_loss",
    "sparse_recipe",
]
