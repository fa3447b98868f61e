"""Boxes of single pictures to the paths of people through a video."""

from dataclasses import dataclass, field

import numpy as np

from sqexplain.faces.detection import SAME, overlaps

GAP = 10  # pictures, .4 s, for which a face may be lost
SHORTEST = 10  # pictures in which a face must be found
MOST = 6  # people
SMOOTH = 13  # pictures of the median filter (TalkNet)
STEADY = 7  # pictures of the mean after it: the boxes of a cascade come in steps, which would look like movement


@dataclass(frozen=True, eq=False)
class Track:
    """The path of one face.

    Attributes:
        boxes: (T, 4) float32 top, left, height, width: square, smoothed, bridged where nothing was found.
        found: (T,) bool, where the detector itself saw the face.
    """

    start: int
    boxes: np.ndarray
    found: np.ndarray

    @property
    def stop(self) -> int:
        """One after the last picture."""
        return self.start + len(self.boxes)


@dataclass
class Linker:
    """Takes the boxes of one picture after the other and joins those that overlap from picture to picture."""

    _open: list[dict[int, np.ndarray]] = field(default_factory=list)  # picture -> box, the last one latest
    _closed: list[dict[int, np.ndarray]] = field(default_factory=list)

    @property
    def last(self) -> np.ndarray:
        """The last boxes (n, 4) of the faces that are not lost."""
        return np.array([path[max(path)] for path in self._open], np.float32).reshape(-1, 4)

    def add(self, number: int, boxes: np.ndarray) -> None:
        """Continue the paths with the boxes (n, 4) of picture `number`; what fits none starts a new one."""
        from scipy.optimize import linear_sum_assignment  # on use only, as below: large, and few look for faces

        self._closed += [path for path in self._open if number - max(path) > GAP]
        self._open = [path for path in self._open if number - max(path) <= GAP]
        common = overlaps(self.last, boxes)
        rows, columns = linear_sum_assignment(-common)
        fits = {column: row for row, column in zip(rows, columns, strict=True) if common[row, column] >= SAME}
        for column, box in enumerate(boxes):
            if column in fits:
                self._open[fits[column]][number] = box
            else:
                self._open.append({number: box})

    def tracks(self, count: int) -> list[Track]:
        """Return the tracks of a video of `count` pictures, the one that fills most of it first, at most `MOST`."""
        least = min(SHORTEST, max(1, count // 2))
        tracks = [_smoothed(path) for path in self._closed + self._open if len(path) >= least]
        return sorted(tracks, key=lambda track: -float(track.boxes[:, 2:].prod(1).sum()))[:MOST]


def _smoothed(path: dict[int, np.ndarray]) -> Track:
    """Bridge the gaps in a straight line, then take running medians and means of centre and side."""
    from scipy.ndimage import median_filter, uniform_filter1d

    numbers = np.array(sorted(path))
    boxes = np.stack([path[number] for number in numbers])  # (n, 4)
    side = boxes[:, 2:].max(1)
    values = np.column_stack([boxes[:, :2] + boxes[:, 2:] / 2, side])  # (n, 3) centre and side
    every = np.arange(numbers[0], numbers[-1] + 1)
    values = np.column_stack([np.interp(every, numbers, value) for value in values.T])  # (T, 3)
    values = median_filter(values, (SMOOTH, 1), mode="nearest")
    values = uniform_filter1d(values, STEADY, axis=0, mode="nearest")
    top_left = values[:, :2] - values[:, 2:] / 2
    boxes = np.column_stack([top_left, values[:, 2], values[:, 2]]).astype(np.float32)  # (T, 4)
    return Track(int(numbers[0]), boxes, np.isin(every, numbers))
