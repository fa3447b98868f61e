"""`app`: start the pages on this machine."""

import subprocess
import sys
from typing import Annotated

from typer import Exit, Option


def app(
    port: Annotated[int, Option(help="Port of the server.", min=1, max=65535)] = 8501,
    address: Annotated[str, Option(help="Who can reach it: localhost is this machine alone.")] = "localhost",
) -> None:
    """Start the app on localhost; Ctrl-C stops it."""
    from sqexplain import extras, locations

    extras.require("app")
    page = locations.APP / "app.py"  # Streamlit reads .streamlit/config.toml beside it
    # the address that is shown; without it Streamlit asks a server abroad for one where it listens everywhere
    shown = "localhost" if address in ("0.0.0.0", "::") else address
    options = (f"--server.address={address}", f"--server.port={port}", f"--browser.serverAddress={shown}")
    # -P: nothing in the folder of the user may stand in for a package
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(page), *options]
    raise Exit(subprocess.run(command, check=False).returncode)
