"""What the app shows at start and would take seconds to compute: made once, by `python -m sqexplain prepare`.

The files lie in assets/prepared. What depends on weights is stored with their digests and not used for others.
"""

from collections.abc import Iterator
from pathlib import Path

from sqexplain.drawing import COLORMAPS
from sqexplain.drawing.colours import FILE, shades
from sqexplain.media import npz_bytes, write_bytes


def prepare(folder: Path) -> Iterator[Path]:
    """Make all files anew in a folder; yield each when it is written."""
    yield write_bytes(folder / FILE.name, npz_bytes({name: shades(name) for name in COLORMAPS}))
