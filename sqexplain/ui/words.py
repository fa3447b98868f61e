"""What the pages say of results, in one place: numbers, names, sentences."""

from collections.abc import Mapping

from sqexplain.explanation import Reading
from sqexplain.methods import Method
from sqexplain.tasks import probabilities


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


def probability(reading: Reading, frame: int = 0) -> float:
    """Return the probability of what is explained, of "not Smiling" that of its absence."""
    value = float(probabilities(reading.logits[frame], reading.multilabel)[int(reading.targets[frame])])
    return value if reading.signs[frame] > 0 else 1 - value


def answer(reading: Reading, frame: int = 0) -> str:
    """Return what is explained and its probability: "cat 93 %", "not Smiling 3 %"."""
    return f"{plain(reading.asked[frame])} {per_cent(probability(reading, frame))}"


def kind(method: Method, reading: Reading) -> str:
    """Say in a few words whether a map depends on the class."""
    if "gates" in method.needs and reading.gates_kind == "class" and not method.class_specific:
        return "class-specific by its gates"
    text = "class-specific" if method.class_specific else "class-agnostic"
    return f"control, {text}" if method.control else text


def variations(method: Method) -> list[str]:
    """Name the settings of a method that are not the usual ones."""
    names = {"bicubic": method.interpolation == "bicubic", "before scaling": not getattr(method, "scaled", True)}
    return [name for name, there in names.items() if there]


def account(reading: Reading, methods: int, first: Method | None, how: str, scale: str) -> str:
    """Return what the maps are: the channels and the layer they come from, how they are scaled.

    Args:
        reading: the pass.
        methods: how many maps there are.
        first: the method whose channels are counted; the browser fills in {count}.
        how: how the channels are chosen.
        scale: what one scale spans.
    """
    channels, height, width = reading.features.shape[1:]
    where = f"layer “{reading.layer}” {height}×{width}"
    if first is None:
        return f"{methods} maps of {channels} channels, {where} · {scale}"
    return f"{first.title} map of {{count}} of {channels} channels ({how}), {kind(first, reading)}, {where} · {scale}"


def card_summary(card: Mapping) -> str:
    """Return what was measured on test data, as sentences; "" where nothing was."""
    scores, parts = card.get("scores", {}), []
    if "accuracy" in scores:
        what, data = "test clips" if "test clips" in card else "test pictures", card.get("data", {}).get("name", "")
        count = f"{card[what]:,} {what}" if what == "test pictures" else f"the frames of {card[what]:,} {what} ({data})"
        parts.append(f"Right on {per_cent(scores['accuracy'])} of {count}.")
    if "AUC" in scores:
        return f"{_attributes(scores)} Measured on {card['test pictures']:,} test pictures."
    if "AP" in scores:
        parts.append(f"Average precision {per_cent(scores['AP'])}.")
    if "keep AP" in scores:
        keep, drop = per_cent(scores["keep AP"]), per_cent(scores["drop AP"])
        parts.append(f"With only the top 10 % of the face channels it is {keep}, without them {drop}.")
    if "keep" in scores:
        keep, drop = per_cent(scores["keep"]), per_cent(scores["drop"])
        parts.append(f"With only the top 10 % of the channels the answer stays in {keep}, without them in {drop}.")
    if "leak" in scores:
        leak = per_cent(scores["leak"])
        parts.append(f"Asked for another class, the channels of that class alone make the net name it in {leak}.")
    return " ".join(parts)


def _attributes(scores: Mapping[str, float]) -> str:
    """Return the scores of a net for several attributes, as sentences."""
    text = f"Mean AUC {scores['AUC']:.2f}, balanced accuracy {per_cent(scores['balanced accuracy'])}."
    if "keep" in scores:
        text += f" With only the top 10 % of the channels the AUC is {scores['keep']:.2f}, without them "
        text += f"{scores['drop']:.2f}."
    return text
