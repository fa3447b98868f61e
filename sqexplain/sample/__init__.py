"""What the user gives: samples, and data sets of them."""

from sqexplain.sample.adapters import as_dataset
from sqexplain.sample.cropping import CropBox, CroppedPictures, crop, crop_all
from sqexplain.sample.dataset import Dataset, PictureDataset, label_of, labels_of, mask_of, spread
from sqexplain.sample.relabelling import relabel
from sqexplain.sample.sample import Sample, display_name, from_bytes, from_file, stem

__all__ = [
    "CropBox",
    "CroppedPictures",
    "Dataset",
    "PictureDataset",
    "Sample",
    "as_dataset",
    "crop",
    "crop_all",
    "display_name",
    "from_bytes",
    "from_file",
    "label_of",
    "labels_of",
    "mask_of",
    "relabel",
    "spread",
    "stem",
]
