"""WASD: faces and bodies in five kinds of difficult videos."""

from pathlib import Path

import numpy as np

from sqexplain.data.speakers.categories import CATEGORIES, find_division
from sqexplain.data.speakers.folders import locate, pictures, read_picture, stamp
from sqexplain.data.speakers.tables import Row, read_table
from sqexplain.data.speakers.tracks import FASTEST, Track, Tracks


class Wasd(Tracks):
    """WASD (Roxo et al. 2023): tracks of faces and bodies, in five categories, from a folder in its own layout.

    WASD calls its test part "val", so "test" opens it too. `sample.body` holds the crops of the body where
    `clips_videos_body/` has them; one that is missing is replaced by the nearest in time.
    """

    name = "wasd"
    splits = {"val": "val", "validation": "val", "test": "val", "train": "train"}
    licence = "CC BY-SA 4.0"
    source = "https://github.com/Tiago-Roxo/WASD, arXiv 2303.05321"
    categories = tuple(CATEGORIES)

    def __init__(self, split: str = "val", root: str | Path | None = None):
        super().__init__(split, root)
        self.division = find_division(self.root)

    def videos(self, row: int) -> tuple[str, ...]:
        """Return the video of the row, and the name of its entity without the last two parts."""
        parts = self.table.entities[row].split("_")
        return tuple(dict.fromkeys((self.table.videos[row], "_".join(parts[:-2]) or self.table.videos[row])))

    def category(self, index: int) -> str:
        """Return the code of the category of a track, "" where no file tells it.

        Where dataset_division.txt lists the video under two heads, the first one counts.
        """
        row = self._tracks[index].rows[0]
        found = [code for video in self.videos(row) for code in (self.division.of(video) if self.division else ())]
        return found[0] if found else ""

    def rate(self, index: int) -> float:
        """Return the frames per second: those of the loader's list or of the metadata, else by its times."""
        track = self._tracks[index]
        if track.entity not in self._listed and self.division:
            found = [self.division.rate(video) for video in self.videos(track.rows[0])]
            known = [rate for rate in found if rate and 1 <= rate <= FASTEST]
            if known:
                return known[0]
        return super().rate(index)

    def bodies(self) -> list[Row]:
        """Return the rows of the table of the bodies, whose boxes enclose the whole person.

        Raises:
            ValueError: neither name of the table is there, or it is damaged.
        """
        names = (f"{self.split}_body_orig.csv", f"{self.split}_orig_body.csv")  # both stand in the authors' files
        for folder in (self.root / "csv", self.root):
            for name in names:
                if (folder / name).is_file():
                    return read_table(folder / name).rows()
        raise ValueError(f"neither {' nor '.join(names)} is in '{self.root / 'csv'}'; the bodies have no boxes")

    def _body(self, track: Track, kept: np.ndarray) -> np.ndarray | None:
        bases = self._bases("clips_videos_body")
        if not bases[0].parent.is_dir():
            return None  # the faces alone were cut out, which is usual
        found = pictures(locate(bases, self.videos(track.rows[0]), track.entity))
        if not found:
            self._tell(track.entity, "there are no crops of the body")
            return None
        seconds = np.array(sorted(map(float, found)))  # (m,)
        times = self.table.times[track.rows[kept]]  # (T,)
        nearest = seconds[np.abs(times[:, None] - seconds).argmin(1)]  # (T,)
        missing = sum(stamp(time) not in found for time in times)
        self._count(track, missing, "frames have no crop of the body; the nearest one stands in")
        crops = {name: read_picture(found[name]) for name in dict.fromkeys(map(stamp, nearest))}
        return np.stack([crops[name] for name in map(stamp, nearest)])  # (T, 112, 112, 3)
