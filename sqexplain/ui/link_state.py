"""State that a link can carry: every choice lives under a plain key of the session and is written to the address bar.

Streamlit forgets a widget's value when its page is left, so the plain key is pushed into the widget on every run.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from sqexplain.registry import nearest


def first(name: str, read: Callable[[str], object], default: object) -> None:
    """Set the plain key `name` on the first run of a session: from the link where `read` accepts it, else `default`."""
    state, link = st.session_state, st.query_params.get(name)
    if name in state:
        return
    state[name] = default
    if link is not None:
        try:
            state[name] = read(link)
        except ValueError as error:
            text = f"The link has {name} = {link[:60]!r}: {error} Using {shown(default)} instead."
            st.toast(text, icon=":material/info:")


def option(name: str, options: Sequence[str], default: str | None = None) -> str:
    """Return the value of `name`, one of `options`; what is not possible any more becomes `default` or the first."""
    fallback = options[0] if default is None else default
    first(name, lambda text: _among(text, options), fallback)
    if st.session_state[name] not in options:
        st.session_state[name] = fallback
    return st.session_state[name]


def options(name: str, allowed: Sequence[str], default: Sequence[str]) -> list[str]:
    """Return the values of `name`, some of `allowed`, in the order in which they were chosen."""
    first(name, lambda text: [_among(part, allowed) for part in text.split(",") if part], list(default))
    return [one for one in st.session_state[name] if one in allowed]


def number(name: str, default: int, low: int, high: int) -> int:
    """Return the value of `name`, a whole number from `low` to `high`."""
    first(name, lambda text: _within(text, low, high), default)
    st.session_state[name] = min(high, max(low, st.session_state[name]))
    return st.session_state[name]


def choose(widget: Callable, label: str, name: str, allowed: Sequence[str], default: str | None = None, **looks) -> str:
    """Draw a widget that picks one of `allowed` and return the value of `name`; `looks` are the widget's own."""
    value = option(name, allowed, default)
    _draw(widget, label, name, value, allowed, looks)
    return value


def choose_some(
    widget: Callable, label: str, name: str, allowed: Sequence[str], default: Sequence[str], **looks
) -> list[str]:
    """Draw a widget that picks some of `allowed` and return the values of `name`, in the order of `allowed`."""
    value = sorted(options(name, allowed, default), key=list(allowed).index)
    _draw(widget, label, name, value, allowed, looks | {"selection_mode": "multi"})
    return value


def choose_number(widget: Callable, label: str, name: str, default: int, low: int, high: int, **looks) -> int:
    """Draw a widget that picks a whole number from `low` to `high` and return the value of `name`."""
    value = number(name, default, low, high)
    state, key = st.session_state, f"w_{name}"
    state[key] = value
    widget(label, low, high, key=key, on_change=lambda: state.__setitem__(name, state[key]), **looks)
    return value


def draw_some(label: str, name: str, value: list[str], allowed: Sequence[str], **looks) -> None:
    """Draw a field to choose some of many from, at `value`, which `options` has returned."""
    _draw(st.multiselect, label, name, value, allowed, looks)


def switch(label: str, name: str, **looks) -> bool:
    """Draw a toggle and return whether `name` is on."""
    value = option(name, ("off", "on"))
    state, key = st.session_state, f"w_{name}"
    state[key] = value == "on"
    st.toggle(label, key=key, on_change=lambda: state.__setitem__(name, "on" if state[key] else "off"), **looks)
    return value == "on"


def share(*names: str) -> None:
    """Write the values of these names, and nothing else, to the address bar."""
    link = {name: shown(st.session_state[name]) for name in names if name in st.session_state}
    if link != st.query_params.to_dict():
        st.query_params.from_dict(link)


def shown(value: object) -> str:
    """Return a value as a link writes it."""
    return ",".join(value) if isinstance(value, list) else str(value)


def _draw(widget: Callable, label: str, name: str, value: object, allowed: Sequence[str], looks: dict) -> None:
    state, key = st.session_state, f"w_{name}"
    state[key] = value
    widget(label, allowed, key=key, on_change=lambda: state.__setitem__(name, state[key]), **looks)


def _among(text: str, allowed: Sequence[str]) -> str:
    if text not in allowed:
        raise ValueError(f"there is no such choice.{nearest(text, allowed)}")
    return text


def _within(text: str, low: int, high: int) -> int:
    value = int(text) if text.isascii() and text.lstrip("-").isdigit() else None
    if value is None or not low <= value <= high:
        raise ValueError(f"it must be a whole number from {low} to {high}.")
    return value


def steady(key: str, content: str, settings: dict) -> dict:
    """Return the settings with which a component got its content, until it gets other content or appears anew.

    What does not change from run to run is not sent again, and the controls in the browser are ahead of the server.
    """
    state, name = st.session_state, f"{key}_start"
    known, run, start = state.get(name, (None, 0, None))
    if known != content or run != state.get("run", 0) - 1:
        start = dict(settings)
    state[name] = (content, state.get("run", 0), start)
    return start
