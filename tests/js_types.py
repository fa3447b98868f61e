"""What the scripts of the app say that they are sent, read from the types in their data.js."""

import re
from pathlib import Path

UI = Path(__file__).parents[1] / "sqexplain" / "ui"
BLOCK = re.compile(r"/\*\*(.*?)\*/", re.DOTALL)
PROPERTY = re.compile(r"@property \{(?:[^{}]|\{[^{}]*\})*\} (\[?)(\w+)")


def properties(component: str, *types: str) -> tuple[set[str], set[str]]:
    """Return the names that some types of a component need, and those that they know beside them."""
    named = re.compile(rf"@typedef \{{object\}} ({'|'.join(types)})\b")
    blocks = BLOCK.findall((UI / component / "data.js").read_text("utf-8"))
    found = [pair for block in blocks if named.search(block) for pair in PROPERTY.findall(block)]
    return {name for optional, name in found if not optional}, {name for optional, name in found if optional}


def assert_sent(data: dict, component: str, *types: str, later: tuple[str, ...] = ()) -> None:
    """Assert that `data` has everything that the types need, up to what comes `later`, and nothing unknown."""
    needed, optional = properties(component, *types)
    assert needed, types
    assert needed - data.keys() <= set(later)
    assert data.keys() - needed <= optional
