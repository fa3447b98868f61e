"""What the app shows at start and would take seconds to compute: made once, by `python -m sqexplain prepare`.

The files lie in assets/prepared. What depends on weights is stored under their digest, so that it is not taken for
others; who finds nothing stored computes it. `making` makes them, the other modules say what is in them.
"""

import json
from functools import cache
from typing import Any

from sqexplain import locations

FOLDER = locations.ASSETS / "prepared"
MEASURED = "measured.json"
OPERATIONS = "operations"  # of a forward pass of each large net


def stored(name: str, key: str) -> Any:
    """Return what is stored under a name for a key, the digest of weights or the name of a net; None without it."""
    return _measured().get(name, {}).get(key)


@cache
def _measured() -> dict[str, dict[str, Any]]:
    path = FOLDER / MEASURED
    return json.loads(path.read_bytes()) if path.exists() else {}
