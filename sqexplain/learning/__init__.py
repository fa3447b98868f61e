"""Training nets, and SE blocks on a frozen net: one epoch at a time, stoppable, and resumed to the same result.

The question put to a block is sparse: close as many gates as you can without changing the answer.
"""

from sqexplain.learning.augmentation import augment, cut_out, relight, warp
from sqexplain.learning.checkpoints import load_checkpoint, save_checkpoint
from sqexplain.learning.clips import train_clips
from sqexplain.learning.images import train
from sqexplain.learning.pooling import PooledClips, decide, encode, inputs_of, pool_clips
from sqexplain.learning.precision import half_precision
from sqexplain.learning.recipes import RECIPES, ClipRecipe, Epoch, Recipe, recipe_for
from sqexplain.learning.retrofit_clips import CLIP_SPARSE_RECIPES, ClipSparseRecipe, retrofit_clips
from sqexplain.learning.retrofit_images import retrofit
from sqexplain.learning.retrofit_recipes import (
    SPARSE_RECIPES,
    SparseRecipe,
    attribute_loss,
    class_loss,
    sparse_loss,
    sparse_recipe,
)

__all__ = [
    "CLIP_SPARSE_RECIPES",
    "RECIPES",
    "SPARSE_RECIPES",
    "ClipRecipe",
    "ClipSparseRecipe",
    "Epoch",
    "PooledClips",
    "Recipe",
    "SparseRecipe",
    "attribute_loss",
    "augment",
    "class_loss",
    "cut_out",
    "decide",
    "encode",
    "half_precision",
    "inputs_of",
    "load_checkpoint",
    "pool_clips",
    "recipe_for",
    "relight",
    "retrofit",
    "retrofit_clips",
    "save_checkpoint",
    "sparse_loss",
    "sparse_recipe",
    "train",
    "train_clips",
    "warp",
]
