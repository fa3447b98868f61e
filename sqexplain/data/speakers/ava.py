"""AVA-ActiveSpeaker: faces in films."""

from sqexplain.data.speakers.tracks import Tracks

YOUTUBE = 11  # letters of the identifier that an entity starts with


class Ava(Tracks):
    """AVA-ActiveSpeaker (Roth et al. 2019): tracks of faces in films, from a folder in the layout of TalkNet-ASD."""

    name = "ava"
    splits = {"val": "val", "validation": "val", "train": "train", "test": "test"}
    licence = "annotations CC BY 4.0"
    source = "https://research.google.com/ava, arXiv 1901.01342"

    def __init__(self, split: str = "val", root=None):
        super().__init__(split, root)

    def videos(self, row: int) -> tuple[str, ...]:
        """Return the video of the row, and the one that the name of its entity starts with."""
        return tuple(dict.fromkeys((self.table.videos[row], self.table.entities[row][:YOUTUBE])))
