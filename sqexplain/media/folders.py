"""Where data sets are looked for on this machine."""

from pathlib import Path

HOME = Path("~/.cache/sqexplain")


def home(name: str, root: str | Path | None) -> Path:
    """Return the folder to look in: `root`, or the cache of the user."""
    return Path(root) if root is not None else (HOME / name).expanduser()
