"""Training nets, and SE blocks on a frozen net: one epoch at a time, stoppable, and resumed to the same result.

A block on a frozen net learns sparse gates: close as many as you can without changing the answer.
"""

from sqexplain.learning.augmentation import augment, cut_out, relight, warp
from sqexplain.learning.checkpoints import load_checkpoint, remove_checkpoint, save_checkpoint
from sqexplain.learning.clips import Clips
from sqexplain.learning.precision import half_precision
from sqexplain.learning.recipes import (
    RECIPES,
    RETROFIT_RECIPES,
    RETROFITTED,
    ClipRecipe,
    ClipRetrofitRecipe,
    Recipe,
    RetrofitRecipe,
    retrofit_recipe,
    training_recipe,
)
from sqexplain.learning.retrofitting import retrofit
from sqexplain.learning.trainer import Epoch, Trainer
from sqexplain.learning.training import train

__all__ = [
    "RECIPES",
    "RETROFITTED",
    "RETROFIT_RECIPES",
    "ClipRecipe",
    "ClipRetrofitRecipe",
    "Clips",
    "Epoch",
    "Recipe",
    "RetrofitRecipe",
    "Trainer",
    "augment",
    "cut_out",
    "half_precision",
    "load_checkpoint",
    "relight",
    "remove_checkpoint",
    "retrofit",
    "retrofit_recipe",
    "save_checkpoint",
    "train",
    "training_recipe",
    "warp",
]
