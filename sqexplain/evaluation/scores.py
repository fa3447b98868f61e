"""Score: one named result of an evaluation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """One measured number: `name` of the measure, `value`, and what it means in a sentence."""

    name: str
    value: float
    meaning: str
