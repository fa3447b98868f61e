"""The nets that figures are about: those we ship, each with every kind of gates, on the test data they are for."""

from sqexplain.classifier import Classifier
from sqexplain.data import Dataset
from sqexplain.figures.base import Figure, FigureSettings
from sqexplain.models import MODELS, load_model
from sqexplain.models.nets.speech.published import PUBLISHED
from sqexplain.models.store import list_cards


def shipped(gated: bool) -> list[tuple[str, str]]:
    """Return name and gates of the nets whose weights are here whole; with `gated` only of those with gates."""
    pairs = [(card["name"], card["gates"]) for card in list_cards()]
    return [(name, gates) for name, gates in pairs if name not in PUBLISHED and not (gated and gates == "none")]


class OfGates(Figure):
    """A figure of every net that ships with gates: a part, "net/gates", for each whose data are there."""

    def parts(self, settings: FigureSettings) -> list[str]:
        """Return "net/gates" for each net whose data are there."""
        waiting = self.waiting(settings)
        return [part for name, gates in shipped(gated=True) if (part := f"{name}/{gates}") not in waiting]

    def waiting(self, settings: FigureSettings) -> dict[str, str]:
        """Return "net/gates" for each net whose data are not there, with the reason."""
        pairs = shipped(gated=True)
        troubles = {data: settings.trouble(data) for data in {MODELS[name].data for name, _ in pairs}}
        return {f"{name}/{gates}": why for name, gates in pairs if (why := troubles[MODELS[name].data])}


def opened(settings: FigureSettings, part: str) -> tuple[Classifier, Dataset]:
    """Return the net of a part and the test data it is for."""
    name, gates = part.split("/")
    return load_model(name, gates), settings.open(MODELS[name].data)
