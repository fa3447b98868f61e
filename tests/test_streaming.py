"""A data set is measured batch by batch: the pictures of it are never in memory together."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import make_classifier, make_sample

from sqexplain.evaluation import evaluate
from sqexplain.features.extraction import BATCH

HERE = Path(__file__).parent
HELD = 1_505  # MB that the pictures would take together
PROGRAM = """
import resource
import numpy as np
from conftest import make_classifier
from sqexplain.evaluation import evaluate

class Drawn:
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return np.full((224, 224, 3), index % 251, np.uint8), index % 4

def peak(count):
    rows = list(evaluate(make_classifier(), Drawn(count)))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rows[-1].value

few, _ = peak(500)
many, _ = peak(10_000)
print(many - few)
"""


def test_memory_does_not_grow_with_the_number_of_pictures():
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=HERE.parent, env=environment(), check=True
    )
    assert float(run.stdout) < HELD / 10


def environment() -> dict[str, str]:
    """Return that of this process, with the library and these tests on the path."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)]), "OMP_NUM_THREADS": "1"}


class Once:
    """Pictures of which each may be read once, and not long before it is counted."""

    def __init__(self, count: int):
        self.count, self.read, self.counted = count, 0, 0

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        assert index == self.read, "every picture is read once, in its order"
        self.read += 1
        assert self.read - self.counted <= BATCH, "more than a batch is held"
        return make_sample(index).picture, index % 4


def test_a_batch_is_read_when_the_one_before_it_is_done():
    data = Once(2 * BATCH + 10)
    for row in evaluate(make_classifier(), data):
        data.counted = getattr(row, "done", data.count)
    assert data.read == data.count
