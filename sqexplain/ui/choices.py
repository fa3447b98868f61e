"""The choices of model, gates and methods of every page, and of the class; every one is part of the link.

What differs from page to page is data: a `NetChoices` for each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from sqexplain.methods import METHODS
from sqexplain.models import MODELS
from sqexplain.ui import cache, link_state
from sqexplain.ui.words import card_summary

GATES_HELP = """The Squeeze-and-Excitation block gives each channel a gate between 0 and 1.
- **class**: net frozen, one gate vector for each class, the decision is untouched
- **sparse**: net frozen, the block closes as many gates as it can without changing the answer
- **paper**: the block learns together with the whole net, as published
- **none**: no block"""
CONTROLS_HELP = "\n\nWhere a control draws the same map, the gates have added nothing."
PREDICTED = "predicted class"
SE_METHODS = ("se", "se_class")
ENLARGE = ("bilinear", "bicubic")
ENLARGE_HELP = "How the few cells of the map become the pixels of the picture; the paper's code takes bicubic."
TAKEN = ("after scaling", "before scaling")
TAKEN_HELP = "The maps as the SE block scaled them, as the paper does, or before. Class gates scale nothing."
REFINED = ("enlarge", "taken")  # what the link carries of the settings of SE maps
DEFAULT = ("se", "gradcam", "gradcam++", "eigengradcam", "fullgrad")


@dataclass(frozen=True)
class NetChoices:
    """How a page offers models, gates and methods; the first four fields are the names of the choices in the link.

    Attributes:
        models: returns the names of the models.
        first: the methods that are chosen at first.
        leading: whether these are offered before the others.
        yardsticks: the controls that are offered; None for those of nets whose head averages each map.
        refined: whether the settings of SE maps can be changed.
    """

    model: str
    gates: str
    methods: str
    controls: str
    models: Callable[[], list[str]]
    first: tuple[str, ...] = DEFAULT
    leading: bool = False
    yardsticks: tuple[str, ...] | None = None
    refined: bool = True
    model_help: str | None = None
    gates_help: str = GATES_HELP

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the link carries."""
        return self.model, self.gates, self.methods, self.controls

    def choose_model(self, default: str | None = None) -> tuple[str, str]:
        """Draw the choice of model and gates, with what was measured; return both."""
        models = self.models()
        looks = {"help": self.model_help, "format_func": lambda name: MODELS[name].title or name}
        model = link_state.choose(st.selectbox, "Model", self.model, models, default, **looks)
        looks = {"help": self.gates_help, "required": True}
        gates = link_state.choose(st.pills, "Gates", self.gates, cache.kinds(model), **looks)
        if summary := card_summary(cache.card(model, gates)):
            st.caption(summary)
        return model, gates

    def choose_methods(self, gates: str) -> tuple[str, ...]:
        """Draw the choice of methods, with the controls one switch away; return their names, or their text forms."""
        possible = [name for name, method in METHODS.items() if gates != "none" or "gates" not in method.needs]
        plain = [name for name in possible if not METHODS[name].control]
        if self.leading:
            plain.sort(key=lambda name: self.first.index(name) if name in self.first else len(self.first))
        looks = {"help": _summaries(plain), "format_func": lambda name: METHODS[name].title}
        first = [name for name in self.first if name in plain]
        chosen = link_state.choose_some(st.pills, "Methods", self.methods, plain, first, **looks)
        controls = [name for name in possible if self._offers(name)]
        text = _summaries(controls) + CONTROLS_HELP
        if link_state.switch("Controls beside them", self.controls, help=text):
            chosen = [*chosen, *controls]
        return _refine(chosen) if self.refined and set(SE_METHODS) & set(chosen) else tuple(chosen)

    def _offers(self, name: str) -> bool:
        """Say whether a method is one of the controls of the page."""
        if self.yardsticks is not None:
            return name in self.yardsticks
        return METHODS[name].control and not METHODS[name].peaked


EXPLAIN = NetChoices("model", "gates", "methods", "controls", cache.picture_models)


def choose_target(model: str) -> str | None:
    """Draw the choice of the class to explain; None means the predicted one."""
    classes = [PREDICTED, *MODELS[model].classes]
    text = "Class-specific maps answer: what speaks for this class? Class-agnostic maps stay as they are."
    target = link_state.choose(st.selectbox, "Class to explain", "target", classes, PREDICTED, help=text)
    return None if target == PREDICTED else target


def _summaries(names: Sequence[str]) -> str:
    return "\n".join(f"- **{METHODS[name].title}**: {METHODS[name].summary}" for name in names)


def _refine(chosen: Sequence[str]) -> tuple[str, ...]:
    """Draw the rarer settings of the SE maps; return the methods, those of SE in text form where they were changed."""
    with st.expander("More"):
        enlarge = link_state.choose(st.selectbox, "SE maps enlarged", "enlarge", ENLARGE, help=ENLARGE_HELP)
        maps = link_state.choose(st.selectbox, "SE maps taken", "taken", TAKEN, help=TAKEN_HELP)
    if (enlarge, maps) == (ENLARGE[0], TAKEN[0]):
        return tuple(chosen)
    changes = {"interpolation": enlarge, "scaled": maps == TAKEN[0]}
    return tuple(METHODS[name](**changes).text if name in SE_METHODS else name for name in chosen)
