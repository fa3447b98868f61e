"""Training a net of ours from scratch: one epoch at a time, stoppable, and resumed to the same result."""

from sqexplain.training.augmenting import augment, cut_out, relight, warp
from sqexplain.training.checkpoints import load_checkpoint, save_checkpoint
from sqexplain.training.clips import train_clips
from sqexplain.training.pictures import train
from sqexplain.training.pooling import PooledClips, decide, encode, inputs_of, pool_clips
from sqexplain.training.precision import half_precision
from sqexplain.training.recipes import RECIPES, ClipRecipe, Epoch, Recipe, recipe_for

__all__ = [
    "RECIPES",
    "ClipRecipe",
    "Epoch",
    "PooledClips",
    "Recipe",
    "augment",
    "cut_out",
    "decide",
    "encode",
    "half_precision",
    "inputs_of",
    "load_checkpoint",
    "pool_clips",
    "recipe_for",
    "relight",
    "save_checkpoint",
    "train",
    "train_clips",
    "warp",
]
