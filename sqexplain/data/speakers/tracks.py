"""What AVA-ActiveSpeaker and WASD have in common: tracks of one face each, their rows in a table, crops and sound."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from sqexplain import media
from sqexplain.classes import SPEAKING
from sqexplain.data.speakers.folders import cut_out, locate, pictures, read_picture, stamp
from sqexplain.data.speakers.loaders import Listed, read_loader
from sqexplain.data.speakers.tables import Row, read_tables
from sqexplain.registry import listing, pick
from sqexplain.sample import Sample
from sqexplain.tasks import PER_FRAME

MAX_FRAMES = 20_000  # of one track; the published ones have at most 900
FASTEST = 240.0  # frames per second that are believed
LATE = 0.5  # seconds of sound that may be missing or too much


@dataclass(frozen=True)
class Track:
    """The rows of one entity in the table, in the order of time, each time once."""

    entity: str
    rows: np.ndarray  # (T,) positions in the table


class Tracks(ABC):
    """One split of a data set of tracks, in the order of its table; crops and sound are read when they are asked for.

    A crop is RGB, resized to 112x112, from its annotated box alone. Frames and rows are matched by the time; what is
    missing on one side is left out, with its sound, and told in `troubles`. The label 1 means SPEAKING_AUDIBLE, 0 the
    other two.

    Args:
        split: a key of `splits`.
        root: the folder that holds `csv/`, `clips_videos/` and `clips_audios/`.

    Raises:
        ValueError: the folder has not this layout, or a table is damaged; the message says what was expected.
    """

    name: ClassVar[str]
    splits: ClassVar[dict[str, str]]  # accepted names to those on disk
    licence: ClassVar[str]
    source: ClassVar[str]
    classes = SPEAKING
    task = PER_FRAME

    def __init__(self, split: str, root: str | Path | None):
        self.split = pick(self.splits, split, "split")
        self.root = _checked(self.name, root)
        self._troubles: dict[str, None] = {}
        self.tables = self._find_tables()
        if not self.tables:
            raise ValueError(
                f"no table of {self.name} in '{self.root}': neither csv/{self.split}_orig.csv nor "
                f"csv/ava_activespeaker_{self.split}*.csv. {_has(self.root, 'csv')}"
            )
        if not any(base.is_dir() for base in self._bases("clips_videos")):
            raise ValueError(
                f"no crops of {self.name} in '{self.root / 'clips_videos' / self.split}'. {_has(self.root)}"
            )
        self.table = read_tables(self.tables)
        self._tracks = self._group()
        self._listed = self._read_loader()

    @abstractmethod
    def videos(self, row: int) -> tuple[str, ...]:
        """Return the folders in which the track of a row of the table may lie, the likeliest first."""

    @property
    def troubles(self) -> tuple[str, ...]:
        """What was missing or did not fit, one sentence each, of all that was read so far."""
        return tuple(self._troubles)

    @property
    def entities(self) -> tuple[str, ...]:
        """The names of the tracks."""
        return tuple(track.entity for track in self._tracks)

    def __len__(self) -> int:
        return len(self._tracks)

    def __getitem__(self, index: int) -> Sample:
        track = self._tracks[index]
        kept, crops = self._crops(track)
        body = self._body(track, kept)
        with ThreadPoolExecutor(4) as pool:  # Pillow decodes outside the interpreter's lock
            frames = np.stack(list(pool.map(read_picture, crops)))  # (T, 112, 112, 3)
        labels = self._labels[track.rows]
        self._compare(track, labels)
        rate = self.rate(index)
        audio = self._sound(track, kept, len(frames) / rate)
        return Sample(track.entity, frames, audio, rate, labels[kept], body=body)

    def batches(self, size: int = 1, places: Sequence[int] | None = None) -> Iterator[Any]:  # noqa: ARG002
        """Refuse, because tracks differ in length.

        Raises:
            ValueError: always; the message says what to do instead.
        """
        raise ValueError(
            f"the tracks of {self.name!r} differ in length, so they come in no batches; read them one by one, as "
            "data[0], or measure a net on them with the commands `predict` and `score`"
        )

    def rows(self, index: int) -> list[Row]:
        """Return all rows of a track in the order of time, also those without a crop."""
        return self.table.rows(self._tracks[index].rows)

    def keys(self, index: int) -> list[Row]:
        """Return the rows of a track that have a crop: those of the frames of the sample, one for each."""
        kept, _ = self._crops(self._tracks[index])
        rows = self.rows(index)
        return [rows[place] for place in kept]

    def rate(self, index: int) -> float:
        """Return the frames per second of a track: those of the loader's list, else by its times."""
        track = self._tracks[index]
        listed = self._listed.get(track.entity)
        if listed and 1 <= listed.fps <= FASTEST:
            return listed.fps
        times = self.table.times[track.rows]
        rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 25.0
        return float(np.clip(round(rate, 2), 1, FASTEST))

    def credit(self, index: int) -> str:  # noqa: ARG002  one answer for all
        """Return the source and the licence."""
        return f"{self.source}, {self.licence}"

    @cached_property
    def _labels(self) -> np.ndarray:
        return self.table.speaking()  # (n,)

    def _group(self) -> list[Track]:
        """Return the tracks in the order in which the table first names them."""
        places: dict[str, list[int]] = {}
        for place, entity in enumerate(self.table.entities):
            places.setdefault(entity, []).append(place)
        return [Track(entity, self._in_time(entity, np.array(rows))) for entity, rows in places.items()]

    def _in_time(self, entity: str, rows: np.ndarray) -> np.ndarray:
        """Return the rows of a track in the order of time, the first row for each time."""
        kept = rows[np.unique(self.table.times[rows], return_index=True)[1]]  # the index of the first one
        if len(kept) < len(rows):
            self._tell(entity, f"{len(rows) - len(kept)} rows name a time again; the first of each counts")
        if len(kept) > MAX_FRAMES:
            raise ValueError(f"{entity!r} has {len(kept)} rows; a track of more than {MAX_FRAMES} frames is not read")
        return kept

    def _crops(self, track: Track) -> tuple[np.ndarray, list[Path]]:
        """Return the places in `track.rows` that have a picture, and the pictures."""
        folder = locate(self._bases("clips_videos"), self.videos(track.rows[0]), track.entity)
        found = pictures(folder)
        stamps = [stamp(seconds) for seconds in self.table.times[track.rows]]
        kept = [place for place, name in enumerate(stamps) if name in found]
        if not kept:
            where = "its folder is missing" if folder is None else f"'{folder}' holds none at the times of its rows"
            raise ValueError(f"{track.entity!r} has {len(stamps)} rows but no picture: {where}")
        self._count(track, len(stamps) - len(kept), "rows have no picture and are left out")
        self._count(track, len(found.keys() - set(stamps)), "pictures have no row and are left out")
        return np.array(kept), [found[stamps[place]] for place in kept]

    def _body(self, track: Track, kept: np.ndarray) -> np.ndarray | None:  # noqa: ARG002  AVA has none
        return None

    def _sound(self, track: Track, kept: np.ndarray, seconds: float) -> np.ndarray | None:
        """Return the sound (n,) of the frames that are kept, None where there is none."""
        path = locate(self._bases("clips_audios", "clip_audio"), self.videos(track.rows[0]), track.entity, ".wav")
        if path is None:
            self._tell(track.entity, "there is no sound")
            return None
        try:
            audio = media.sound(path, max_seconds=np.ptp(self.table.times[track.rows]) + 10)
        except ValueError as error:
            self._tell(track.entity, f"there is no sound: {error}")
            return None
        if audio is not None and len(kept) < len(track.rows):
            audio = cut_out(audio, self.table.times[track.rows], np.isin(np.arange(len(track.rows)), kept))
        if audio is None or not len(audio):
            self._tell(track.entity, "there is no sound")
            return None
        if abs(len(audio) / media.RATE - seconds) > LATE:
            self._tell(track.entity, f"{seconds:.2f} s of frames, {len(audio) / media.RATE:.2f} s of sound")
        return audio

    def _read_loader(self) -> dict[str, Listed]:
        path = next((path for folder in ("csv", ".") for path in (self.root / folder / f"{self.split}_loader.csv",)
                     if path.is_file()), None)  # fmt: skip
        if path is None:
            self._troubles[f"there is no csv/{self.split}_loader.csv; rates are taken from the times of the rows"] = (
                None
            )
            return {}
        listed = read_loader(path)
        for track in self._tracks:
            one = listed.get(track.entity)
            if one is None:
                self._tell(
                    track.entity, f"'{path.name}' does not list it; its rate is taken from the times of its rows"
                )
            elif one.frames != len(track.rows):
                self._tell(track.entity, f"'{path.name}' lists {one.frames} frames, the table has {len(track.rows)}")
        known = set(self.entities)
        more = [entity for entity in listed if entity not in known]
        if more:
            self._troubles[f"'{path.name}' lists {len(more)} tracks without a row, such as {more[0][:60]!r}"] = None
        return listed

    def _compare(self, track: Track, labels: np.ndarray) -> None:
        """Tell where the loader's list has other labels than the table, which counts."""
        listed = self._listed.get(track.entity)
        if listed and not np.array_equal(np.where(listed.labels == 1, 1, 0), labels):
            self._tell(track.entity, "the labels of the loader's list are not those of the table, which count")

    def _find_tables(self) -> list[Path]:
        """Return the tables of the split: one of the loaders' authors, or those as AVA is published."""
        for folder in (self.root / "csv", self.root):
            if (folder / f"{self.split}_orig.csv").is_file():
                return [folder / f"{self.split}_orig.csv"]
            raw = f"ava_activespeaker_{self.split}*"
            found = [*sorted(folder.glob(f"{raw}.csv")), *sorted(folder.glob(f"{raw}/*.csv"))]
            if found:
                return found
        return []

    def _bases(self, *names: str) -> tuple[Path, ...]:
        return tuple(self.root / name / self.split for name in names)

    def _count(self, track: Track, count: int, what: str) -> None:
        if count:
            self._tell(track.entity, f"{count} {what}")

    def _tell(self, entity: str, what: str) -> None:
        self._troubles[f"{entity}: {what}"] = None


def _checked(name: str, root: str | Path | None) -> Path:
    if root is None:
        raise ValueError(f"data set {name!r} needs 'root', the folder that holds csv/, clips_videos/ and clips_audios/")
    if not Path(root).is_dir():
        raise ValueError(f"'{root}' is no folder; give the folder that holds csv/, clips_videos/ and clips_audios/")
    return Path(root)


def _has(root: Path, folder: str = ".") -> str:
    """Return what a folder, or the root where there is no such folder, holds, as a sentence."""
    here = root / folder if (root / folder).is_dir() else root
    return f"'{here}' holds {listing(sorted(path.name for path in here.iterdir()), 8) or 'nothing'}"
