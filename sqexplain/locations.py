"""Where things lie on this machine: what the package brings, and the folders of the user."""

import errno
import os
from pathlib import Path

PACKAGE = Path(__file__).parent
# A wheel packs the two into the package; in a checkout they lie at its top level.
ASSETS = next(folder for folder in (PACKAGE / "assets", PACKAGE.parent / "assets") if folder.is_dir())
APP = next(folder for folder in (PACKAGE / "site", PACKAGE.parent) if (folder / "app.py").is_file())
CACHE = Path("~/.cache/sqexplain")
NO_PATH = (errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL)  # no folder can be called so, whatever is made


def chosen_folder() -> Path | None:
    """Return the folder that `SQEXPLAIN_HOME` names for all that belongs to the user, None where it is not set.

    Raises:
        ValueError: no folder can be called so.
    """
    chosen = os.environ.get("SQEXPLAIN_HOME")
    if not chosen:
        return None
    try:
        folder = Path(chosen).expanduser()
    except RuntimeError:
        raise ValueError(_wrong_home(chosen, "is under the home of a user that this machine does not have")) from None
    try:
        folder.stat()
    except OSError as error:  # it need not exist
        if error.errno in NO_PATH:
            raise ValueError(_wrong_home(chosen, f"cannot be a folder ({error.strerror})")) from None
    return folder


def _wrong_home(chosen: str, why: str) -> str:
    shown = chosen if len(chosen) <= 60 else f"{chosen[:60]} …"
    return f"SQEXPLAIN_HOME is {shown!r}, which {why}; set it to a folder, or unset it"


def user_folder() -> Path:
    """Return the folder for what the user makes: `SQEXPLAIN_HOME`, else the platform's folder for data of programs."""
    import platformdirs  # on use only: most work needs what the package brings alone

    return chosen_folder() or platformdirs.user_data_path("sqexplain")


def models_folder() -> Path:
    """Return the folder of the user's own models, searched after what the package brings; it need not exist.

    Raises:
        ValueError: `SQEXPLAIN_HOME` names no folder.
    """
    return user_folder() / "models"


def searched_models() -> Path | None:
    """Return `models_folder`, None where `SQEXPLAIN_HOME` names no folder: nothing is found there, all else is."""
    try:
        return models_folder()
    except ValueError:
        return None


def data_folder(name: str = "", root: str | Path | None = None) -> Path:
    """Return the folder in which the data set `name` is looked for, that of all data sets without a name.

    It is `root` where one is given, else `data/<name>` in `SQEXPLAIN_HOME` where that is set, else
    `~/.cache/sqexplain/<name>`.

    Raises:
        ValueError: `SQEXPLAIN_HOME` would be searched and names no folder.
    """
    if root is not None:
        return Path(root)
    chosen = chosen_folder()
    return (chosen / "data" if chosen else CACHE.expanduser()) / name
