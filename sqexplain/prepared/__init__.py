"""What the app shows at start and would take seconds to compute: made once, by `python -m sqexplain prepare`.

The files lie in assets/prepared. What depends on weights is stored under their digest, so that it is not taken for
others; who finds nothing stored, or a damaged file, computes it. `making` makes them, the other modules say what is in
them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from sqexplain import locations

FOLDER = locations.ASSETS / "prepared"
MEASURED = "measured.json"
OPERATIONS = "operations"  # of a forward pass of each large net


def stored(name: str, key: str) -> Any:
    """Return what is stored under a name for a key, the digest of weights or the name of a net; None without it."""
    return _measured().get(name, {}).get(key)


def content(path: Path) -> Any:
    """Return what a JSON file of the folder holds; None where it is missing, damaged or cannot be read."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):  # nested without end, for one
        return None


@cache
def _measured() -> dict[str, dict[str, Any]]:
    found = content(FOLDER / MEASURED)
    return {name: kept for name, kept in found.items() if isinstance(kept, dict)} if isinstance(found, dict) else {}
