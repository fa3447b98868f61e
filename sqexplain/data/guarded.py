"""A data set that was registered from outside: whatever it raises or returns instead of a sample is a sentence."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqexplain.sample import Dataset, PictureDataset, Sample


class Guarded:
    """The same data set; what fails is named with the data set and the position."""

    def __init__(self, name: str, data: Dataset) -> None:
        self._called, self._data = name, data

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("_called", "_data"):  # not there yet: it is being copied or unpickled
            raise AttributeError(name)
        return getattr(self._data, name)

    def __len__(self) -> int:
        with _named(f"the length of the data set {self._called!r}"):
            return len(self._data)

    def __getitem__(self, index: int) -> Sample:
        with _named(f"sample {index} of the data set {self._called!r}"):
            found = self._data[index]
            if not isinstance(found, Sample):
                raise TypeError(f"it is no sqexplain.Sample but {type(found).__name__}")
            return found

    def batches(self, size: int = 250, places: Sequence[int] | None = None) -> Iterator[Any]:
        """Yield batches as the data set does; one that reads sample by sample is read through `self`."""
        if getattr(type(self._data), "batches", None) is PictureDataset.batches:
            yield from PictureDataset.batches(self, size, places)
            return
        with _named(f"a batch of the data set {self._called!r}"):
            yield from self._data.batches(size, places)


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Turn whatever is raised into a sentence about `what`; beyond the end stays IndexError, as iteration needs it."""
    try:
        yield
    except (ValueError, IndexError, GeneratorExit):
        raise
    except Exception as error:  # the code of others can raise anything
        said = ": ".join(filter(None, (type(error).__name__, " ".join(str(error).split()))))
        raise ValueError(f"{what} cannot be read ({said})") from error
