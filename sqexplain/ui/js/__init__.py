"""The scripts that components share, and how the modules of a component become the one that Streamlit takes.

Streamlit serves modules beside each other only for packages installed with pip, and the app also runs from a checkout.
So `bundle` joins them, each after those that it imports and in a scope of its own. It knows these forms of the language
and refuses others: `import { a, b as c } from "./other.js";`, `export function`, `export class`, `export const`, and
`export default function`.
"""

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{([^{}]+)\} from "(\.{1,2}/[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:(?:async )?function|class|const) (\w+))", re.MULTILINE)
DEFAULT = re.compile(r"^export default (?=function\b)", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def sent(data: dict) -> list[dict]:
    """Return the data of a component as they are given to Streamlit: alone in a list.

    Of a dict it asks for each value whether it is a table, and imports pandas for that, which takes half a second.
    """
    return [data]


def bundle(entry: Path) -> str:
    """Return one script that does what the module `entry` does with all that it imports.

    Raises:
        ValueError: `entry` has no default export; a module is missing, imports itself by way of others, imports a name
            that is not exported, or has an import or export of another form.
    """
    entry = entry.resolve()
    modules: dict[Path, str] = {}
    _collect(entry, modules, ())
    names = {path: f"module{number}" for number, path in enumerate(modules)}
    if "default" not in _exports(modules[entry]):
        raise ValueError(f"{entry.name} has no 'export default function', which is what Streamlit calls")
    scopes = [_scope(path, source, names) for path, source in modules.items()]
    return "\n".join([*scopes, f"export default {names[entry]}.default;\n"])


def _collect(path: Path, modules: dict[Path, str], above: tuple[Path, ...]) -> None:
    """Add the source of a module to `modules`, after all that it imports; `above` are those that wait for it."""
    if path in modules:
        return
    if path in above:
        raise ValueError(
            f"{path.name} imports itself by way of {above[-1].name}; move what both need to another module"
        )
    if not path.is_file():
        raise ValueError(f"{above[-1].name if above else 'the app'} imports {path}, which does not exist")
    source = path.read_text("utf-8")
    for names, target in IMPORT.findall(source):
        other = (path.parent / target).resolve()
        _collect(other, modules, (*above, path))
        for name in {name for name, _ in _pairs(names)} - _exports(modules[other]):
            raise ValueError(f"{path.name} imports {name!r}, which {other.name} does not export")
    modules[path] = source


def _exports(source: str) -> set[str]:
    """Return the names that a module exports."""
    return {*EXPORT.findall(source), *(["default"] if DEFAULT.search(source) else [])}


def _pairs(names: str) -> list[tuple[str, str]]:
    """Return the names between the braces of an import, each as exported and as used."""
    parts = [name.split() for name in names.split(",") if name.strip()]
    return [(part[0], part[-1]) for part in parts]


def _scope(path: Path, source: str, names: dict[Path, str]) -> str:
    """Return a module as a function that is called at once; `names` are the constants of the modules."""

    def constants(found: re.Match) -> str:
        taken = ", ".join(f"{name}: {used}" for name, used in _pairs(found[1]))
        return f"const {{ {taken} }} = {names[(path.parent / found[2]).resolve()]};"

    body = EXPORT.sub("", DEFAULT.sub("const _default = ", IMPORT.sub(constants, source)))
    if other := OTHER.search(body):
        raise ValueError(f"{path.name} has {other[0]!r}, a form that 'bundle' does not join; see {__name__}")
    made = ", ".join("default: _default" if name == "default" else name for name in sorted(_exports(source)))
    return f"// {path.name}\nconst {names[path]} = (() => {{\n{body}\nreturn {{ {made} }};\n}})();"
