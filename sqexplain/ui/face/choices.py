"""The choices of the page "Faces": model, methods, attributes; every one is part of the link."""

from typing import Any

import streamlit as st

from sqexplain.classifier import AGAINST
from sqexplain.evaluation.face_regions import IDENTITY
from sqexplain.models import MODELS
from sqexplain.ui import cache, link_state
from sqexplain.ui.choices import NetChoices
from sqexplain.ui.words import plain

ATTRIBUTES = ("Eyeglasses", "Smiling")  # whose maps are shown at first
MOST = 4  # rows of maps at once
SIGNS = {"for": "for it", "against": "against it"}
VIEWS = {"one": "One face", "many": "Many faces", "gallery": "Gallery"}
MODEL_HELP = """- **Face net, drawn faces**: ours, trained on the faces drawn here, 12 attributes
- **Face net, CelebA**: ours, trained on aligned photographs, 40 attributes; for non-commercial research only"""
SIGN_HELP = """Should the maps show the evidence **for** an attribute, or **against** it? The model outputs a logit \
for each attribute, which is above 0 where the attribute is likely; "against" explains the negative logit."""
ATTRIBUTES_HELP = f"Each becomes a row of maps, at most {MOST}. A click on a bar does the same."
IDENTITY_HELP = (
    "A model's guess of sex, age, attractiveness or skin says nothing certain about a real person: it reproduces how "
    "strangers labelled photographs of celebrities, and is often wrong for others. For your own pictures these "
    "attributes are therefore hidden; show them to study the model, not the person."
)
NET = NetChoices(
    "face_model",
    "face_gates",
    "face_methods",
    "face_controls",
    cache.face_models,
    first=("se", "se_evidence", "gradcam"),
    model_help=MODEL_HELP,
)
# what the link carries
CHOICES = ("show", "faces", "face", *NET.names, "attributes", "sign", "parts", "identity", "every")
CHOICES += ("about", "by", "asked", "number", "measure", "looked")  # of many faces and the gallery


def choose_model(source: str) -> tuple[str, str]:
    """Draw the choice of model and gates; return both. With other faces comes the model that knows them."""
    before = st.session_state.get("faces_known")
    fitting = fitting_model(source)
    if fitting and before not in (None, source):
        st.session_state[NET.model] = fitting
    st.session_state["faces_known"] = source
    return NET.choose_model(fitting)


def fitting_model(source: str) -> str | None:
    """Return the model that was trained on such faces, None where its weights are not here."""
    wanted = source if source in ("drawn-faces", "celeba") else "celeba"
    return next((name for name in cache.face_models() if MODELS[name].data == wanted), None)


def choose_view() -> str:
    """Draw the choice between one face, many faces and the gallery."""
    looks: dict[str, Any] = {"format_func": VIEWS.get, "required": True, "label_visibility": "collapsed"}
    return link_state.choose(st.segmented_control, "Look at", "show", list(VIEWS), **looks)


def choose_sign() -> int:
    """Draw the choice of the evidence that the maps show; return 1 for an attribute, -1 against it."""
    looks: dict[str, Any] = {"help": SIGN_HELP, "required": True, "format_func": SIGNS.get}
    sign = link_state.choose(st.segmented_control, "Show evidence", "sign", list(SIGNS), **looks)
    return 1 if sign == "for" else -1


def possible(model: str, own: bool) -> list[str]:
    """Return the attributes that may be explained; draw the switch that adds those which describe who somebody is."""
    classes = list(MODELS[model].classes)
    if not own or not set(classes) & set(IDENTITY):
        return classes
    if link_state.switch("Show sex, age, skin …", "identity", help=IDENTITY_HELP):
        st.caption(
            ":material/warning: These predictions reflect the training data; they say nothing certain about a person."
        )
        return classes
    return [name for name in classes if name not in IDENTITY]


def attributes(allowed: list[str]) -> list[str]:
    """Return the attributes whose maps are shown, in the order in which they were chosen."""
    usual = [name for name in ATTRIBUTES if name in allowed] or allowed[:1]
    value = link_state.options("attributes", allowed, usual)[:MOST]
    if not value and st.session_state["attributes"]:  # another net, which knows none of them
        value = usual
    st.session_state["attributes"] = value
    return value


def draw_attributes(value: list[str], allowed: list[str]) -> None:
    """Draw the field for the attributes."""
    link_state.draw_some(
        "Attributes to explain",
        "attributes",
        value,
        allowed,
        help=ATTRIBUTES_HELP,
        max_selections=MOST,
        format_func=plain,
        placeholder="Choose an attribute",
    )


def toggle(name: str) -> None:
    """Add an attribute to the rows, or take it away; the last one stays."""
    value = list(st.session_state["attributes"])
    if name in value and len(value) > 1:
        value.remove(name)
    elif name not in value:
        value = [*value[-MOST + 1 :], name]
    st.session_state["attributes"] = value


def targets(names: list[str], sign: int) -> tuple[str, ...]:
    """Return the targets for attributes: "Smiling", or "not Smiling"."""
    return tuple(name if sign > 0 else AGAINST + name for name in names)
