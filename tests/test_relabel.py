"""Labels are mapped to the classes of a net by name."""

import numpy as np
import pytest

from sqexplain import media
from sqexplain.data import open_dataset
from sqexplain.sample import Dataset, as_dataset, relabel

NAMES = ("ant", "bee", "cat")
PICTURES = np.random.default_rng(0).integers(0, 256, (6, 10, 12, 3), np.uint8)
LABELS = np.array([0, 1, 2, 2, 1, 0])
VECTORS = np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 0, 1]])


class TestRelabel:
    def test_labels_are_mapped_by_name(self):
        data = relabel(as_dataset((PICTURES, LABELS), NAMES), ("dog", "Cat", "bee", "ant"))
        assert isinstance(data, Dataset)
        assert data.classes == ("dog", "Cat", "bee", "ant")
        assert [int(sample.labels[0]) for sample in data] == [3, 2, 1, 1, 2, 3]
        assert np.concatenate([labels for _, labels in data.batches(4)]).tolist() == [3, 2, 1, 1, 2, 3]
        assert np.array_equal(data[2].picture, PICTURES[2])

    def test_columns_of_labels_are_chosen_by_name(self):
        data = relabel(as_dataset((PICTURES, VECTORS), NAMES), ("cat", "ant"))
        assert np.array_equal(np.concatenate([labels for _, labels in data.batches(4)]), VECTORS[:, [2, 0]])
        assert data[1].labels.tolist() == [[0, 1]]

    def test_the_same_classes_leave_the_data_as_they_are(self):
        data = as_dataset((PICTURES, LABELS), NAMES)
        assert relabel(data, NAMES) is data

    def test_where_names_are_numbers_the_order_counts(self):
        data = relabel(as_dataset((PICTURES, LABELS)), NAMES)
        assert data.classes == NAMES
        assert [int(sample.labels[0]) for sample in data] == LABELS.tolist()

    @pytest.mark.parametrize(
        ("labels", "names", "classes", "sentence"),
        [
            (LABELS, NAMES, ("aunt", "bee", "cat"), r"class 'ant' that the net does not know\. Did you mean 'aunt'\?"),
            (VECTORS, NAMES, (*NAMES, "be"), r"no label 'be', one of 1 .*Did you mean 'bee'\?"),
            (LABELS, None, ("ant", "bee"), "has 3 classes and the net 2, and numbers for names"),
        ],
    )
    def test_a_class_that_is_missing_is_named_with_the_nearest(self, labels, names, classes, sentence):
        with pytest.raises(ValueError, match=sentence):
            relabel(as_dataset((PICTURES, labels), names), classes)

    def test_pictures_without_class_folders_are_refused(self, tmp_path):
        media.write_bytes(tmp_path / "one.png", media.encode_png(PICTURES[0]))
        with pytest.raises(ValueError, match="put each picture into a folder with the name of its class"):
            relabel(open_dataset("files", root=tmp_path), NAMES)
