"""Look-up by name for everyone: a wrong name is answered with the choices and the nearest one."""

import difflib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def pick(table: Mapping[str, T], name: str, kind: str) -> T:
    """Return `table[name]`.

    Raises:
        ValueError: `name` is not in `table`; the message names the given value, the nearest and all allowed ones.
    """
    if isinstance(name, str) and name in table:
        return table[name]
    raise ValueError(f"unknown {kind} {name!r}.{nearest(name, table)} Choose one of: {listing(table)}")


def nearest(name: str, choices) -> str:
    """Return " Did you mean 'x'?" for the closest of `choices`, or "" when none is close."""
    folded = {str(choice).lower(): str(choice) for choice in choices}
    found = difflib.get_close_matches(str(name).lower(), folded, n=1, cutoff=0.6)
    return f" Did you mean {folded[found[0]]!r}?" if found else ""


def series(names) -> str:
    """Return names as one says them, each once: "a, b and c"."""
    names = list(dict.fromkeys(map(str, names)))
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def listing(choices, limit: int = 40) -> str:
    """Return the choices as "a, b, c", cut after `limit` names with the number left out."""
    names = [str(choice) for choice in choices]
    left = len(names) - limit
    return ", ".join(names[:limit]) + (f", ... and {left} more" if left > 0 else "")
