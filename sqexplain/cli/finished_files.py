"""Which files `explain` has already finished, so that --resume passes over them."""

import hashlib
import json
from pathlib import Path

from .console import note

NAME = "explained.json"


class Ledger:
    """The list of finished files in the folder `out`, for one way of asking; another way starts a list of its own.

    Args:
        out: the folder of the results.
        settings: all that decides on a result but the file.
        resume: whether finished files are left out.
    """

    def __init__(self, out: Path, settings: list[str], resume: bool) -> None:
        self.path, self.resume = out / NAME, resume
        self.settings = hashlib.sha256("\n".join(settings).encode()).hexdigest()[:16]
        self.known = self._read()

    def waiting(self, paths: list[Path]) -> list[Path]:
        """Return the files that are to be explained, and say how many are left out."""
        if not self.resume:
            return paths
        left = [path for path in paths if self._key(path) not in self.known.get(self.settings, [])]
        if len(left) < len(paths):
            note(f"{len(paths) - len(left)} of {len(paths)} files are explained already and left out")
        return left

    def note(self, path: Path) -> None:
        """Write down that a file is done."""
        from sqexplain.media import write_bytes

        keys = self.known.setdefault(self.settings, [])
        if (key := self._key(path)) not in keys:
            keys.append(key)
            write_bytes(self.path, (json.dumps(self.known, indent=1) + "\n").encode())

    def _read(self) -> dict[str, list[str]]:
        try:
            found = json.loads(self.path.read_text("utf-8"))
            return {str(settings): list(map(str, keys)) for settings, keys in found.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}  # a broken list costs time, never results

    @staticmethod
    def _key(path: Path) -> str:
        """Return what tells one version of a file from another."""
        known = path.stat() if path.exists() else None
        return f"{path.absolute()}|{known.st_size if known else ''}|{known.st_mtime_ns if known else ''}"
