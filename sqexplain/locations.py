"""Where things lie on this machine: what the package brings, and the folder of the user."""

import os
from pathlib import Path

PACKAGE = Path(__file__).parent
# A wheel packs the two into the package; in a checkout they lie at its top level.
ASSETS = next(folder for folder in (PACKAGE / "assets", PACKAGE.parent / "assets") if folder.is_dir())
APP = next(folder for folder in (PACKAGE / "site", PACKAGE.parent) if (folder / "app.py").is_file())


def user_folder() -> Path:
    """Return the folder for what the user makes: `SQEXPLAIN_HOME`, else the platform's folder for data of programs."""
    import platformdirs  # on use only: most work needs what the package brings alone

    chosen = os.environ.get("SQEXPLAIN_HOME")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("sqexplain")


def models_folder() -> Path:
    """Return the folder of the user's own models, searched after what the package brings; it need not exist."""
    return user_folder() / "models"
