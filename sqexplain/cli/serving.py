"""`app`: start the pages on this machine."""

import errno
import os
import signal
import socket
import subprocess
import sys
from ipaddress import ip_address
from typing import Annotated

from typer import Exit, Option

EVERYWHERE = ("0.0.0.0", "::")
NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)  # an address of another machine, or IPv6 where there is none


def app(
    port: Annotated[int, Option(help="Port of the server.", min=1, max=65535)] = 8501,
    address: Annotated[
        str, Option(help="Who can reach it: localhost is this machine alone, 0.0.0.0 everybody on its networks.")
    ] = "localhost",
) -> None:
    """Start the app on localhost; Ctrl-C stops it."""
    from sqexplain import extras, locations

    extras.require("app")
    check(address, port)
    page = locations.APP / "app.py"  # Streamlit reads .streamlit/config.toml beside it
    # the address that is shown; without it Streamlit asks a server abroad for one where it listens everywhere
    shown = "localhost" if address in EVERYWHERE else address
    options = (f"--server.address={address}", f"--server.port={port}", f"--browser.serverAddress={shown}")
    # -P: nothing in the folder of the user may stand in for a package
    raise Exit(serve([sys.executable, "-P", "-m", "streamlit", "run", str(page), *options]))


def check(address: str, port: int) -> None:
    """Check that the server can listen there: Streamlit takes any address, and would end with a traceback.

    Raises:
        ValueError: `address` is none of this machine, or means all without saying so; or the port cannot be had.
    """
    spots = _resolved(address)
    if not spots or (address not in EVERYWHERE and any(ip_address(spot).is_unspecified for _, spot in spots)):
        raise ValueError(_no_address(address))
    free = [_listens(family, spot, port) for family, spot in spots]
    if not any(free):
        raise ValueError(_no_address(address))


def _resolved(address: str) -> list[tuple[socket.AddressFamily, str]]:
    """Return family and IP address of all that a name stands for; [] where it stands for nothing."""
    try:
        found = socket.getaddrinfo(address, None, type=socket.SOCK_STREAM) if address else []
    except (OSError, UnicodeError):  # a name may have characters that no host's has
        return []
    return [(family, str(spot[0])) for family, *_, spot in found if family in (socket.AF_INET, socket.AF_INET6)]


def _listens(family: socket.AddressFamily, spot: str, port: int) -> bool:
    """Say whether an IP address is one of this machine, by listening on it for a moment."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            if os.name == "posix":  # elsewhere it would share a port that is taken
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            trial.bind((spot, port))
            trial.listen()
    except OSError as error:
        if error.errno in NOT_HERE:
            return False
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise ValueError(f"port {port} {why}; choose another with --port, such as --port {other(port)}") from None
    return True


def other(port: int) -> int:
    """Return a port to try in place of one that cannot be had."""
    return port + 1 if 1024 <= port < 65535 else 8502


def _no_address(address: str) -> str:
    return (
        f"'--address' is {address!r}, which is no address of this machine; give localhost for this machine alone, "
        "one of its addresses, or 0.0.0.0 for everybody on its networks"
    )


def serve(command: list[str]) -> int:
    """Run the server in place of this process, so that a signal to it ends the server; return its exit code."""
    if os.name == "posix":
        os.execv(command[0], command)
    with subprocess.Popen(command) as server:  # elsewhere a process cannot be replaced
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        return server.wait()
