"""Checks of weights and the card beside them that need no net: whole, readable, and about each other.

The card is read, and the first bytes of the weights, which tell their length; both anew only when a file has changed.
"""

import json
import os
import stat
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from sqexplain.models.store import split_name
from sqexplain.registry import NAME

CARD_BYTES, HEADER_BYTES = 1 << 20, 10 << 20  # none of ours comes near
NEEDED = ("name", "gates", "sha256")
LARGEST = sys.float_info.max
OBJECTS = ("data", "frozen net", "prevalence", "scores", "recipe", "versions")


def check_pair(path: Path) -> dict:
    """Return the card beside the weights at `path`, if both are whole and belong together.

    Raises:
        ValueError: something is wrong with either; the message is the end of a sentence.
    """
    card = path.with_suffix(".json")
    answer = _check(str(path), str(card), _stamp(path), _stamp(card))
    if isinstance(answer, str):
        raise ValueError(answer)
    return answer


def _stamp(path: Path) -> tuple:
    """Return what changes whenever a file does, of one that cannot be looked at the reason alone."""
    try:
        found = path.stat()
    except OSError as error:
        return (error.strerror,)
    return found.st_mode, found.st_size, found.st_mtime_ns, found.st_ino


@lru_cache(maxsize=512)
def _check(weights: str, card: str, weights_stamp: tuple, card_stamp: tuple) -> dict | str:
    """Return the card, or what is wrong."""
    try:
        _check_file("it", weights_stamp)
        _check_length(Path(weights), weights_stamp[1])
        if not os.path.lexists(card):
            return f"it has no card, {Path(card).name}"
        _check_file("its card", card_stamp)
        if card_stamp[1] > CARD_BYTES:
            return "its card is larger than 1 MB"
        found = json.loads(Path(card).read_text("utf-8"))
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return "its card is no JSON"
    except ValueError as error:
        return "its card holds a number that is too long" if "digits" in str(error) else str(error)
    return _fault(found, *split_name(Path(weights).name)) or found


def _check_file(what: str, stamp: tuple) -> None:
    if len(stamp) == 1:
        raise ValueError(f"{what} cannot be read ({stamp[0]})")
    if not stat.S_ISREG(stamp[0]):
        raise ValueError(f"{what} is no file")


def _check_length(path: Path, size: int) -> None:
    """Refuse what is no safetensors file, or has another length than its first bytes say."""
    with path.open("rb") as file:
        start = file.read(8)
        length = int.from_bytes(start, "little")
        if len(start) < 8 or not 2 <= length <= min(HEADER_BYTES, size - 8):
            raise ValueError("it is no safetensors file, or cut short")
        text = file.read(length)
    try:
        header = json.loads(text)
        end = max(header[key]["data_offsets"][1] for key in header if key != "__metadata__")
        whole = 8 + length + end == size
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise ValueError("it is no safetensors file") from None
    if not whole:
        raise ValueError("it is cut short, or longer than it says itself")


def _fault(card: object, name: str, gates: str) -> str:
    """Return what is wrong with the content of a card, "" where nothing is."""
    if not isinstance(card, dict) or not all(isinstance(card.get(key), str) for key in NEEDED):
        return f"its card does not say {', '.join(NEEDED)}"
    if (card["name"], card["gates"]) != (name, gates):
        return f"its card is that of {card['name']!r} with the gates {card['gates']!r}"
    model = card.get("model", name)
    if not isinstance(model, str) or not NAME.fullmatch(model):
        return "its card does not say of which model it is"
    for key in OBJECTS:
        if not isinstance(card.get(key, {}), dict):
            return f"{key!r} on its card is no object"
    if not all(isinstance(value, str) for value in card.get("frozen net", {}).values()):
        return "its card does not name its frozen net"
    counts = (card.get(key, 0) for key in ("test pictures", "test clips"))
    if not _numbers((*card.get("scores", {}).values(), *card.get("prevalence", {}).values(), *counts)):
        return "its card has a score, a prevalence or a count that is no number"
    if not all(0 <= share <= 1 for share in card.get("prevalence", {}).values()):
        return "its card has a prevalence that is not in 0 ... 1"
    return ""


def _numbers(values: Iterable[object]) -> bool:
    """Say whether all are finite numbers; an integer that no float can hold counts as infinite."""
    return all(isinstance(one, int | float) and not isinstance(one, bool) and abs(one) <= LARGEST for one in values)
