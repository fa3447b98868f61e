"""Many faces: where the maps of an attribute are on average, and what the model relies on, for all and for groups.

R parts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from sqexplain.evaluation.face_regions import Survey, table_file, table_rows
from sqexplain.models import MODELS
from sqexplain.progress import Progress
from sqexplain.ui import link_state, reproduction
from sqexplain.ui.downloads import Download, buttons
from sqexplain.ui.face import cache as kept
from sqexplain.ui.face import choices, groups, sources
from sqexplain.ui.layout import follow, stoppable_bar
from sqexplain.ui.page_model import method_text
from sqexplain.ui.words import plain, sentence

NUMBERS = ("50", "100", "200", "400")
FACES = {"with": "with it", "without": "without it", "all": "all"}
MOST_BY, MOST_METHODS = 2, 3
DRAWN = ("drawn-faces",)  # comes with the package, the others from a folder
SLOW = ("fullgrad",)  # takes as long as a step of training for each face
RUNNING = "many_running"
BY_HELP = "Compares faces with and without these attributes, at most two: are the maps in the same place in all groups?"
NUMBER_HELP = "At most this many, spread evenly over the test split; more faces make the intervals narrower."
FACES_HELP = "Which faces are measured, by label: those with the attribute, those without it, or all."


@dataclass(frozen=True)
class Question:
    """What is measured: a target, "Smiling" or "not Smiling", for which faces, split by what."""

    model: str
    gates: str
    data: str
    about: str
    target: str
    methods: tuple[str, ...]
    faces: str
    number: int
    by: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the measurement depends on; groups are formed afterwards."""
        return "/".join((self.model, self.gates, self.data, self.target, *self.methods, self.faces, str(self.number)))


def draw(model: str, gates: str, sign: int, methods: tuple[str, ...], settings: dict) -> None:
    """Draw the choices, the button, and what was found."""
    data = MODELS[model].data
    if not sources.available(data):
        return
    one = _question(model, gates, data, sign, methods, settings)
    slot = kept.survey_slot(one.key)
    if "result" not in slot and not _measured(one, slot):
        return
    groups.draw(slot["result"], one.by, sources.SOURCES.get(data, data))
    _offer(one, slot["result"])


def _question(model: str, gates: str, data: str, sign: int, methods: tuple[str, ...], settings: dict) -> Question:
    """Draw the choices and return what is to be measured."""
    classes = list(MODELS[model].classes)
    first, second, third, fourth = st.columns([1.2, 1.6, 1.3, 1.3], vertical_alignment="bottom")
    with first:
        about = about_what(classes)
    with second:
        by = _groups([name for name in classes if name != about])
    with third:
        looks: dict[str, Any] = {"format_func": FACES.get, "required": True, "help": FACES_HELP}
        faces = link_state.choose(st.segmented_control, "Faces", "asked", list(FACES), **looks)
    with fourth:
        looks = {"required": True, "help": NUMBER_HELP}
        number = link_state.choose(st.segmented_control, "Number of faces", "number", NUMBERS, NUMBERS[1], **looks)
    chosen = [name for name in methods if name.partition(":")[0] not in SLOW][:MOST_METHODS]
    texts = tuple(method_text(name, settings) for name in chosen)
    (target,) = choices.targets([about], sign)
    return Question(model, gates, data, about, target, texts, faces, int(number), tuple(by))


def about_what(classes: list[str]) -> str:
    """Draw the choice of one attribute for many faces; at first that of the first row of maps."""
    wanted = [*st.session_state.get("attributes", []), *choices.ATTRIBUTES]
    usual = next((name for name in wanted if name in classes), classes[0])
    return link_state.choose(st.selectbox, "Attribute", "about", classes, usual, format_func=plain)


def _groups(others: list[str]) -> list[str]:
    """Draw the choice of the attributes that the faces are split by."""
    usual = ["Male"] if "Male" in others else [name for name in choices.ATTRIBUTES if name in others][:1]
    value = link_state.options("by", others, usual)[:MOST_BY]
    st.session_state["by"] = value
    looks = {"help": BY_HELP, "max_selections": MOST_BY, "format_func": plain, "placeholder": "No groups"}
    link_state.draw_some("Groups", "by", value, others, **looks)
    return value


def _measured(one: Question, slot: dict) -> bool:
    """Measure when the button is pressed, with progress and a button to stop; return whether there is a result."""
    place = st.empty()
    if st.session_state.get(RUNNING) != one.key:
        left, right = place.container().columns([1, 3], vertical_alignment="center")
        label = f"Measure {one.number} faces"
        start = partial(st.session_state.__setitem__, RUNNING, one.key)
        left.button(label, icon=":material/play_arrow:", type="primary", on_click=start, width="stretch")
        right.caption(
            f"Computes {len(one.methods)} maps for each face and blurs each of its nine parts; takes about "
            f"{max(5, one.number // 5)} seconds, and only once."
        )
        return False
    place.empty()  # the button goes at once, not at the end of the run
    bar = stoppable_bar("Opening the faces …", stop)
    try:
        (slot["result"],) = follow(_steps(one), bar, lambda step: f"Explaining face {step.done} of {step.of} …")
    except ValueError as error:
        stop()
        st.error(sentence(error), icon=":material/error:")
        return False
    stop()
    st.rerun()
    return True


def stop() -> None:
    """Forget what is being measured."""
    st.session_state.pop(RUNNING, None)


def _steps(one: Question) -> Iterator[Progress | Survey]:
    if not one.methods:
        raise ValueError("no method is chosen; choose at least one in the left bar")
    yield from kept.survey_steps(one.model, one.gates, one.data, one.target, one.methods, one.faces, one.number)


def _offer(one: Question, found: Survey) -> None:
    """Draw the button for the file of all rows, and the line that makes the same."""
    name = f"regions_{one.model}_{one.target.replace(' ', '-')}.csv"
    text = "Each method, group and part: mean share and change with half their 95 % intervals, number of faces."
    buttons([Download("Regions (CSV)", name, partial(_file, found, one.by), text)])
    options = {"target": one.target, "faces": one.faces, "by": ",".join(one.by)}
    options |= {"root": "" if one.data in DRAWN else "FOLDER", "gates": one.gates, "limit": str(one.number)}
    methods = (("method", method) for method in one.methods)
    st.code(reproduction.shell("regions", one.model, *options.items(), *methods), "bash", wrap_lines=True)


def _file(found: Survey, by: Sequence[str]) -> bytes:
    return table_file(list(table_rows(found, by)))
