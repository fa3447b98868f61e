"""Talkers: drawn faces that speak with made voices, from a seed, so that it is known when they speak and why.

A face speaks where its lips make the sound that is heard. So the same pictures serve for both classes: with the sound
that belongs to them, with another's, with their own at another time, with noise. Faces, light and camera vary besides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sqexplain.classes import SPEAKING
from sqexplain.locations import data_folder
from sqexplain.progress import Progress
from sqexplain.registry import pick
from sqexplain.sample import Sample
from sqexplain.synthetic.talkers.clips import Clips, Paired
from sqexplain.synthetic.talkers.demo import Demo, Scene
from sqexplain.synthetic.talkers.studio import Split
from sqexplain.tasks import PER_FRAME

__all__ = ["SPLITS", "Clips", "Scene", "Talkers"]

SPLITS = {
    "demo": None,
    "train": Split(0, 600, 180, 80),
    "validation": Split(1, 80, 30, 20),
    "test": Split(2, 120, 50, 40),
}


class Talkers:
    """One split: "demo" (clips of 4 to 6 s to look at), "train", "validation" or "test" (clips of 2 s).

    No two splits share a person, a voice or a noise. A sample is drawn when it is asked for; `arrays`, `batches` and
    `batch` read from a folder, which `render` fills: the grey pictures and the sheets of "train" take 550 MB.

    Args:
        split: "demo", "train", "validation" or "test".
        root: folder of the drawn clips; without it that of `locations.data_folder("talkers")`.
        seed: another seed gives other people.
        size: how many talking faces, silent faces and noises, instead of those of `SPLITS`.

    Raises:
        ValueError: the split is unknown.
    """

    name = "talkers"
    classes = SPEAKING
    task = PER_FRAME
    licence = "MIT"
    source = "drawn by sqexplain"

    def __init__(
        self,
        split: str = "test",
        root: str | Path | None = None,
        seed: int = 0,
        size: tuple[int, int, int] | None = None,
    ):
        chosen = pick(SPLITS, split, "split")
        self.split, self.seed = split, seed
        if chosen is None:
            self._clips: Demo | Paired = Demo(seed)
        else:
            if size:
                chosen = replace(chosen, talking=size[0], silent=size[1], noises=size[2])
            self._clips = Paired(
                split, chosen, seed, data_folder(self.name, root), "own" if split == "train" else "fixed"
            )

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each clip: a key of `pairing.SHARES`; in "demo" also "occluded", "mute" and "two"."""
        return self._clips.kinds

    def __len__(self) -> int:
        return len(self.kinds)

    def __getitem__(self, index: int) -> Sample:
        return self._clips.sample(range(len(self))[index])

    def scene(self, index: int) -> Scene:
        """Return the picture that a clip of "demo" is cut from; in the clips of kind "two" it holds two people.

        Raises:
            ValueError: the split is another one.
            IndexError: beyond the end.
        """
        if not isinstance(self._clips, Demo):
            raise ValueError(f"'split' is {self.split!r}; only 'demo' has scenes, use talkers[{index}] instead")
        return self._clips.scene(range(len(self))[index])

    def render(self) -> Iterator[Progress]:
        """Draw what is read from the folder and not yet there; it may be stopped and goes on at the next call."""
        return iter(()) if isinstance(self._clips, Demo) else self._clips.render()

    def arrays(self) -> Clips:
        """Return all clips, read-only, drawn first where they are missing.

        Raises:
            ValueError: the split is "demo", whose clips differ in length.
        """
        return self._paired("arrays").arrays

    def batches(self, size: int = 8, places: Sequence[int] | None = None) -> Iterator[Clips]:
        """Yield `size` clips at a time, those at `places` in their order, or all; drawn first where they are missing.

        Raises:
            ValueError: the split is "demo", whose clips differ in length.
        """
        return self._paired("batches").batches(size, places)

    def batch(self, seed: int, step: int, size: int) -> Clips:
        """Return `size` pairs with the shares of `pairing.SHARES`, mirrored, moved and lit at random.

        The same seed and step give the same batch. About 2 ms a clip once they are drawn.

        Raises:
            ValueError: the split is "demo".
        """
        return self._paired("batch").batch(seed, step, size)

    def _paired(self, wanted: str) -> Paired:
        if isinstance(self._clips, Demo):
            raise ValueError(f"'split' is 'demo', which has no {wanted}; open 'train', 'validation' or 'test' instead")
        return self._clips
