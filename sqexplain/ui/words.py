"""What the pages say of results, in one place: numbers, names, sentences."""

from collections.abc import Mapping

from sqexplain.explanation import ForwardPass
from sqexplain.methods import Method


def per_cent(share: float) -> str:
    """Write a probability as a whole per cent that never claims certainty."""
    return "> 99 %" if 0.995 <= share < 1 else "< 1 %" if 0 < share < 0.005 else f"{share:.0%}".replace("%", " %")


def plain(name: str) -> str:
    """Return the name of a class as one writes it."""
    return name.replace("_", " ")


def sentence(error: ValueError) -> str:
    """Return the message of an error as a sentence."""
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def probability(reading: ForwardPass, frame: int = 0) -> float:
    """Return the probability of what is explained, of "not Smiling" that of its absence."""
    value = float(reading.task.probabilities(reading.logits[frame])[int(reading.targets[frame])])
    return value if reading.signs[frame] > 0 else 1 - value


def answer(reading: ForwardPass, frame: int = 0) -> str:
    """Return what is explained and its probability: "cat 93 %", "not Smiling 3 %"."""
    return f"{plain(reading.target_names[frame])} {per_cent(probability(reading, frame))}"


def kind(method: Method, reading: ForwardPass) -> str:
    """Say in a few words whether a map depends on the class."""
    if "gates" in method.needs and reading.gates_kind == "class" and not method.class_specific:
        return "class-specific by its gates"
    text = "class-specific" if method.class_specific else "class-agnostic"
    return f"control, {text}" if method.control else text


def variations(method: Method) -> list[str]:
    """Name the settings of a method that are not the usual ones."""
    names = {"bicubic": method.interpolation == "bicubic", "before gating": not getattr(method, "scaled", True)}
    return [name for name, there in names.items() if there]


def account(reading: ForwardPass, methods: int, first: Method | None, how: str, scale: str) -> str:
    """Return what the maps are: the channels and the layer they come from, how they are scaled.

    Args:
        reading: the pass.
        methods: how many maps there are.
        first: the method whose channels are counted; the browser fills in {count}.
        how: how the channels are chosen.
        scale: what one scale spans.
    """
    channels, height, width = reading.post_gate.shape[1:]
    where = f"layer “{reading.layer}” {height}×{width}"
    if first is None:
        return f"{methods} maps of {channels} channels, {where} · {scale}"
    return f"{first.title} map of {{count}} of {channels} channels ({how}), {kind(first, reading)}, {where} · {scale}"


def card_summary(card: Mapping) -> str:
    """Return what was measured on test data, as sentences; "" where nothing was, or a foreign card tells it in part."""
    try:
        return _summary(card)
    except KeyError:
        return ""


def _summary(card: Mapping) -> str:
    scores, parts = card.get("scores", {}), []
    if "AUC" in scores:
        what = f"Mean AUC {scores['AUC']:.2f}, balanced accuracy {per_cent(scores['balanced accuracy'])}"
        parts = [f"{what} on {card['test pictures']:,} test pictures."]
        if "keep" in scores:
            parts.append(_kept("AUC", f"{scores['keep']:.2f}", f"{scores['drop']:.2f}"))
        return " ".join(parts)
    if "accuracy" in scores:
        parts.append(f"Accuracy {per_cent(scores['accuracy'])} on {_test_data(card)}.")
    if "AP" in scores:
        parts.append(f"Average precision {per_cent(scores['AP'])}.")
    if "keep AP" in scores:
        kept = per_cent(scores["keep AP"]), per_cent(scores["drop AP"])
        parts.append(_kept("average precision", *kept, channels="face channels"))
    if "keep" in scores:
        parts.append(_kept("share of unchanged predictions", per_cent(scores["keep"]), per_cent(scores["drop"])))
    if "leak" in scores:
        leak = per_cent(scores["leak"])
        parts.append(f"With only the channels of another class, {leak} of the predictions turn into that class.")
    return " ".join(parts)


def _kept(measure: str, keep: str, drop: str, channels: str = "channels") -> str:
    return f"With only the top 10 % of the {channels} the {measure} is {keep}, without them {drop}."


def _test_data(card: Mapping) -> str:
    """Return the number of test samples in words."""
    if "test clips" in card:
        return f"the frames of {card['test clips']:,} test clips ({card.get('data', {}).get('name', '')})"
    return f"{card['test pictures']:,} test pictures"
