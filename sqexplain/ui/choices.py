"""The choices of model, gates and methods of every page, and of the target class; every one is part of the link.

What differs from page to page is data: a `NetChoices` for each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from sqexplain.methods import METHODS
from sqexplain.models import MODELS
from sqexplain.ui import cache, link_state
from sqexplain.ui.words import card_summary

GATES_HELP = """The Squeeze-and-Excitation block gives each channel a gate between 0 and 1.
- **class**: model frozen, one gate vector for each class; predictions do not change
- **sparse**: model frozen, the block closes as many gates as it can without changing the predictions
- **paper**: the block is trained together with the whole model, as published
- **none**: no block"""
CONTROLS_HELP = "\n\nWhere a control draws the same map, the gates add nothing."
PREDICTED = "predicted class"
TARGET_HELP = "Class-specific maps show the evidence for this class; class-agnostic maps are the same for every class."
DEFAULT = ("se", "gradcam", "gradcam++", "eigengradcam", "fullgrad")
SE_METHODS = ("se", "se_class")
ENLARGE = ("bilinear", "bicubic")
ENLARGE_HELP = "How the cells of an SE map are interpolated to the size of the picture; the paper's code uses bicubic."
TAKEN = {"after scaling": "after gating", "before scaling": "before gating"}  # as in the link: as on the page
TAKEN_HELP = "SE maps average the features after the block has gated them, as in the paper, or before. Class gates are \
never applied."
SE_SETTINGS = ("enlarge", "taken")  # what the link carries of the settings of SE maps


@dataclass(frozen=True)
class NetChoices:
    """How a page offers models, gates and methods; the first four fields are the names of the choices in the link.

    Attributes:
        models: returns the names of the models.
        first: the methods that are chosen at first.
        leading: whether these are offered before the others.
        offered_controls: the controls that are offered; None for those that suit a head which averages each map.
        se_settings: whether the settings of SE maps can be changed.
    """

    model: str
    gates: str
    methods: str
    controls: str
    models: Callable[[], list[str]]
    first: tuple[str, ...] = DEFAULT
    leading: bool = False
    offered_controls: tuple[str, ...] | None = None
    se_settings: bool = True
    model_help: str | None = None
    gates_help: str = GATES_HELP

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the link carries."""
        return self.model, self.gates, self.methods, self.controls, *(SE_SETTINGS if self.se_settings else ())

    def choose_model(self, default: str | None = None) -> tuple[str, str]:
        """Draw the choice of model and gates, with what was measured; return both."""
        looks: dict[str, Any] = {"help": self.model_help, "format_func": lambda name: MODELS[name].title or name}
        model = link_state.choose(st.selectbox, "Model", self.model, self.models(), default, **looks)
        looks = {"help": self.gates_help, "required": True}
        gates = link_state.choose(st.pills, "Gates", self.gates, cache.kinds(model), **looks)
        if summary := card_summary(cache.card(model, gates)):
            st.caption(summary)
        return model, gates

    def choose_methods(self, gates: str) -> tuple[str, ...]:
        """Draw the choice of methods, with the controls one switch away; return their names, or their text forms."""
        possible = [name for name, method in METHODS.items() if gates != "none" or "gates" not in method.needs]
        plain = [name for name in possible if not METHODS[name].control]
        first = [name for name in self.first if name in plain]
        if self.leading:
            plain = [*first, *(name for name in plain if name not in first)]
        looks: dict[str, Any] = {"help": _summaries(plain), "format_func": lambda name: METHODS[name].title}
        chosen = link_state.choose_some(st.pills, "Methods", self.methods, plain, first, **looks)
        controls = [name for name in possible if self._offers(name)]
        if link_state.switch("Add controls", self.controls, help=_summaries(controls) + CONTROLS_HELP):
            chosen = [*chosen, *controls]
        return _refine(chosen) if self.se_settings and set(SE_METHODS) & set(chosen) else tuple(chosen)

    def _offers(self, name: str) -> bool:
        """Say whether a method is one of the controls of the page."""
        if self.offered_controls is not None:
            return name in self.offered_controls
        return METHODS[name].control and not METHODS[name].peaked


EXPLAIN = NetChoices("model", "gates", "methods", "controls", cache.picture_models)


def choose_target(model: str) -> str | None:
    """Draw the choice of the target class; None means the predicted one."""
    classes = [PREDICTED, *MODELS[model].classes]
    target = link_state.choose(st.selectbox, "Target class", "target", classes, PREDICTED, help=TARGET_HELP)
    return None if target == PREDICTED else target


def _summaries(names: Sequence[str]) -> str:
    return "\n".join(f"- **{METHODS[name].title}**: {METHODS[name].summary}" for name in names)


def _refine(chosen: Sequence[str]) -> tuple[str, ...]:
    """Draw the settings of the SE maps; return the methods, those of SE in text form where they were changed."""
    with st.expander("SE map settings"):
        enlarge = link_state.choose(st.selectbox, "Interpolation", "enlarge", ENLARGE, help=ENLARGE_HELP)
        looks: dict[str, Any] = {"help": TAKEN_HELP, "format_func": TAKEN.get}
        taken = link_state.choose(st.selectbox, "Features", "taken", list(TAKEN), **looks)
    if (enlarge, taken) == (ENLARGE[0], next(iter(TAKEN))):
        return tuple(chosen)
    changes = {"interpolation": enlarge, "scaled": taken != "before scaling"}
    return tuple(METHODS[name](**changes).text if name in SE_METHODS else name for name in chosen)
