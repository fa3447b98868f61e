"""How far long work has come: what generators yield between their results."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How many of the parts are done."""

    done: int
    of: int
