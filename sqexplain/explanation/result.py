"""What `explain` returns: the heatmaps of one method, which save themselves."""

from dataclasses import dataclass
from pathlib import Path

from sqexplain.explanation import saving
from sqexplain.explanation.maps import MethodMaps


@dataclass(frozen=True, eq=False)
class Explanation(MethodMaps):
    """The heatmaps of one method for one sample, to look at and to save; its fields are those of `MethodMaps`."""

    def save(self, folder: str | Path) -> list[Path]:
        """Write overlay (PNG), maps (NPZ) and manifest.json into `folder`; return the paths.

        Of a clip the overlays are a video (MP4, with its sound), and there is a table of its frames (CSV).
        Nothing is left half-written. A manifest of an earlier `save` in the same folder is added to.

        Raises:
            ValueError: `folder` is a file, or holds a manifest.json that is not ours.
        """
        return saving.save(self, Path(folder))
