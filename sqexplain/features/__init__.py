"""What the head of a net reads of a data set, kept once: then every choice of channels costs one small product.

A gate per channel commutes with the pool that follows the block: logits = head(gates * pooled maps). What would need
one pass over the data for every set of channels needs only the head again.
"""

from sqexplain.features.compatibility import match
from sqexplain.features.extraction import extract, pool_images
from sqexplain.features.features import Features
from sqexplain.features.heads import Head, LinearHead, SpeakerHead, linear_head
from sqexplain.features.streams import PooledClips, classify, encode, inputs_of, pool_clips

__all__ = [
    "Features",
    "Head",
    "LinearHead",
    "PooledClips",
    "SpeakerHead",
    "classify",
    "encode",
    "extract",
    "inputs_of",
    "linear_head",
    "match",
    "pool_clips",
    "pool_images",
]
