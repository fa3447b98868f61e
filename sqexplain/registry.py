"""Look-up by name for everyone, in tables that plugins add to; a wrong name is answered with the nearest one."""

import difflib
import re
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import redirect_stdout
from contextvars import ContextVar
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")

GROUP = "sqexplain.plugins"  # of the entry points of other packages
PATIENCE = 20.0  # seconds that a thread waits for another one that loads them
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


class PluginWarning(UserWarning):
    """A plugin could not be loaded."""


class Registry(MutableMapping[str, T]):
    """A table by name that code outside the package can add to.

    What the package brings is found at once; before anything else is looked up, and before the names are listed, the
    plugins are loaded.

    Args:
        kind: what the table holds, in words.
        shipped: what the package brings.
    """

    def __init__(self, kind: str, shipped: Mapping[str, T]):
        self.kind, self.shipped = kind, frozenset(shipped)
        self._values = dict(shipped)
        self._origins: dict[str, str] = {}

    def register(self, name: str, value: T, allowed: re.Pattern[str] = NAME) -> None:
        """Add `value`; the same code may do so again, which replaces what it registered before.

        Raises:
            ValueError: `name` has odd characters, or belongs to the package or to somebody else.
        """
        check_name(name, self.kind, allowed)
        if name in self.shipped:
            raise ValueError(f"{name!r} is a {self.kind} of sqexplain itself; register yours under another name")
        origin = _current.get()
        with _changing:
            other = self._origins.get(name, origin)
            if other != origin and self._values[name] is not value:
                whose = f"the plugin {other!r}" if other else "this program"
                raise ValueError(f"{whose} has registered a {self.kind} {name!r} already; choose another name")
            self._values[name] = value
            self._origins[name] = other

    def origin(self, name: str) -> str:
        """Return where an entry comes from: "shipped", "plugin NAME", or "registered" by the running program."""
        if name in self.shipped:
            return "shipped"
        return f"plugin {plugin}" if (plugin := self._origins.get(name, "")) else "registered"

    def added(self, name: str) -> bool:
        """Say whether `register` has brought an entry."""
        return name in self._origins

    def trouble(self, name: str) -> str:  # noqa: ARG002
        """Return why something that is called so cannot be used, as a sentence; "" where there is no such thing."""
        return ""

    def __getitem__(self, name: str) -> T:
        if name not in self._values:
            load_plugins()
        return self._values[name]

    def __setitem__(self, name: str, value: T) -> None:
        self._values[name] = value

    def __delitem__(self, name: str) -> None:
        del self._values[name]
        self._origins.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        load_plugins()
        return iter(list(self._values))  # a copy: another thread may register something meanwhile

    def __len__(self) -> int:
        return sum(1 for _ in self)


_current: ContextVar[str] = ContextVar("plugin", default="")  # the one that is being loaded
_changing = threading.Lock()
_loading = threading.RLock()
_state = {"plugins": "waiting"}  # then "loading", then "loaded"


def load_plugins() -> None:
    """Run the entry points of the group `sqexplain.plugins`, once; one that fails is a warning.

    Each names a function without arguments, which is called, or a module, which is imported.
    """
    if _state["plugins"] == "loaded":
        return
    # Other threads wait until all is there. A plugin that looks something up itself goes on at once, and so in the end
    # does a thread of its own that it waits for.
    if not _loading.acquire(timeout=PATIENCE):
        return
    try:
        failures = _load_once() if _state["plugins"] == "waiting" else []
    finally:
        _loading.release()
    for text in failures:
        warnings.warn(text, PluginWarning, stacklevel=3)


def _load_once() -> list[str]:
    """Run the plugins; return a sentence for each that failed."""
    _state["plugins"] = "loading"
    try:
        with redirect_stdout(sys.stderr):  # a command may be writing JSON
            failures = _run_plugins()
        _state["plugins"] = "loaded"
    finally:
        if _state["plugins"] == "loading":  # interrupted by the user
            _state["plugins"] = "waiting"
    return failures


def _run_plugins() -> list[str]:
    """Run every plugin; return a sentence for each that failed."""
    from importlib.metadata import entry_points  # on use only: it reads the records of all packages

    failures = []
    try:
        plugins = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    except Exception as error:  # damaged records of any package
        return [f"plugins could not be looked for ({_said(error)})"]
    for plugin in plugins:
        token = _current.set(plugin.name)
        try:
            found = plugin.load()
            if callable(found):
                found()
            elif not isinstance(found, ModuleType):
                raise TypeError(f"{plugin.value} is neither a function nor a module")
        except (Exception, SystemExit) as error:  # the code of others can raise anything
            failures.append(
                f"the plugin {plugin.name!r} cannot be loaded ({_said(error)}), so what it brings may be missing"
            )
        finally:
            _current.reset(token)
    return failures


def _said(error: BaseException) -> str:
    return ": ".join(filter(None, (type(error).__name__, " ".join(str(error).split()))))


def check_name(name: object, kind: str, allowed: re.Pattern[str] = NAME) -> None:
    """Refuse a name that cannot be part of a file name, a link and a command.

    Raises:
        ValueError: as said.
    """
    if not isinstance(name, str) or not allowed.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot be the name of a {kind}; take letters, digits, '-', '_' and '.', a letter or digit first"
        )


def pick(table: Mapping[str, T], name: str, kind: str) -> T:
    """Return `table[name]`.

    Raises:
        ValueError: `name` is not in `table`; the message names the given value, the nearest and all allowed ones, or
            says what is wrong with what has this name.
    """
    if isinstance(name, str) and name in table:
        return table[name]
    if isinstance(table, Registry) and isinstance(name, str) and (trouble := table.trouble(name)):
        raise ValueError(trouble)
    raise ValueError(f"unknown {kind} {name!r}.{nearest(name, table)} Choose one of: {listing(table)}")


def nearest(name: str, choices) -> str:
    """Return " Did you mean 'x'?" for the closest of `choices`, or "" when none is close."""
    folded = {str(choice).lower(): str(choice) for choice in choices}
    found = difflib.get_close_matches(str(name).lower(), folded, n=1, cutoff=0.6)
    return f" Did you mean {folded[found[0]]!r}?" if found else ""


def series(names) -> str:
    """Return names as one says them, each once: "a, b and c"."""
    names = list(dict.fromkeys(map(str, names)))
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def listing(choices, limit: int = 40) -> str:
    """Return the choices as "a, b, c", cut after `limit` names with the number left out."""
    names = [str(choice) for choice in choices]
    left = len(names) - limit
    return ", ".join(names[:limit]) + (f", ... and {left} more" if left > 0 else "")
