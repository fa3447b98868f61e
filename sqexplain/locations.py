"""Where things lie on this machine: what the package brings, and the folders of the user."""

import os
from pathlib import Path

PACKAGE = Path(__file__).parent
# A wheel packs the two into the package; in a checkout they lie at its top level.
ASSETS = next(folder for folder in (PACKAGE / "assets", PACKAGE.parent / "assets") if folder.is_dir())
APP = next(folder for folder in (PACKAGE / "site", PACKAGE.parent) if (folder / "app.py").is_file())
CACHE = Path("~/.cache/sqexplain")


def chosen_folder() -> Path | None:
    """Return the folder that `SQEXPLAIN_HOME` names for all that belongs to the user, None where it is not set."""
    chosen = os.environ.get("SQEXPLAIN_HOME")
    return Path(chosen).expanduser() if chosen else None


def user_folder() -> Path:
    """Return the folder for what the user makes: `SQEXPLAIN_HOME`, else the platform's folder for data of programs."""
    import platformdirs  # on use only: most work needs what the package brings alone

    return chosen_folder() or platformdirs.user_data_path("sqexplain")


def models_folder() -> Path:
    """Return the folder of the user's own models, searched after what the package brings; it need not exist."""
    return user_folder() / "models"


def data_folder(name: str = "", root: str | Path | None = None) -> Path:
    """Return the folder in which the data set `name` is looked for, that of all data sets without a name.

    It is `root` where one is given, else `data/<name>` in `SQEXPLAIN_HOME` where that is set, else
    `~/.cache/sqexplain/<name>`.
    """
    if root is not None:
        return Path(root)
    chosen = chosen_folder()
    return (chosen / "data" if chosen else CACHE.expanduser()) / name
