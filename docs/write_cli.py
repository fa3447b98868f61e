"""Write the reference part of docs/cli.md from the commands themselves: `python docs/write_cli.py`."""

import sys
from pathlib import Path

import typer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the commands of this checkout

from sqexplain import cli  # noqa: E402

PAGE = ROOT / "docs" / "cli.md"
MARK = "<!-- From here on written by docs/write_cli.py. -->\n"


def reference() -> str:
    """Return a section for every command: what it does, its arguments, its options with their defaults."""
    return "\n".join(section(name, command) for name, command in typer.main.get_command(cli.app).commands.items())


def section(name: str, command) -> str:
    """Return the section of one command."""
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    given = "".join(f" {one.name.upper()}" if one.required else f" [{one.name.upper()}]" for one in arguments)
    rows = [f"| `{one.name.upper()}` | {default(one)} | {cell(one.help)} |\n" for one in arguments]
    rows += [f"| {spelling(one)} | {default(one)} | {cell(one.help)} |\n" for one in options]
    table = f"\n| argument or option | default | |\n|---|---|---|\n{''.join(rows)}" if rows else ""
    return f"### `{name}`\n\n{' '.join(command.help.split())}\n\n`sqexplain {name}{given}`\n{table}"


def spelling(option) -> str:
    """Return how an option is written, with what it takes."""
    takes = "" if option.is_flag else f" {option.name.upper()}"
    names = [f"`{one}{takes}`" for one in (*option.opts, *option.secondary_opts)]
    return " ".join(names)


def default(parameter) -> str:
    """Return the default of an argument or option, "" where there is none to tell."""
    if parameter.required or parameter.default is None or (parameter.default is False and not parameter.secondary_opts):
        return "required" if parameter.required else ""
    value = parameter.default
    return f"`{parameter.opts[0] if value is True else value}`"


def cell(text: str) -> str:
    """Return text as it stands in a table."""
    return text.replace("|", "\\|")


def written(page: str) -> str:
    """Return the page with the reference of today."""
    return page.split(MARK)[0] + MARK + "\n" + reference()


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
