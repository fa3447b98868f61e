"""How soon a fresh server shows something: `python tests/start_time.py [--runs 3] [--pages home clips] [--app app.py]`.

Each run starts `streamlit run` on a free port and opens one page in a fresh headless chromium. What is counted is the
CPU time of the server: user and system seconds of the process, its threads and its children from its start on, since a
clock on the wall also counts what else the machine does. Three moments:

* first words: the claim of the app stands on the screen, and with it name and menu;
* first picture: real pixels, not a skeleton. On Home, Explain, Clips and Faces a canvas with the first map; on
  Distributions the bars of the first chart; on Paper the drawing of the method;
* all: the script has come to its end and nothing is asked of the server any more.
"""

import argparse
import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright import sync_api

ROOT = Path(__file__).parents[1]
PAGES = ("home", "explain", "clips", "faces", "distributions", "paper")
WORDS = "Which part of a picture is a prediction based on?"
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 300_000  # milliseconds
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
DEEP = """(selector, good) => {
  const look = (root) => {
    for (const found of root.querySelectorAll(selector)) if (good(found)) return true;
    for (const host of root.querySelectorAll("*")) if (host.shadowRoot && look(host.shadowRoot)) return true;
    return false;
  };
  return look(document);
}"""
CANVAS = f"""() => ({DEEP})(".panels canvas.drawing", (canvas) => {{
  if (!canvas.width || !canvas.height || !canvas.getBoundingClientRect().width) return false;
  const {{ data }} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, place) => place >= 4 && value !== data[place % 4]);
}})"""
BARS = f"""() => ({DEEP})("[data-testid=stPlotlyChart] .bars path", (bar) => bar.getBoundingClientRect().width > 0)"""
DRAWN = f"""() => ({DEEP})(".drawn img", (one) => one.complete && one.naturalWidth > 0 && one.width > 0)"""
REST = """() => {
  const busy = !document.querySelector("[data-test-script-state=notRunning]")
    || document.querySelector("[data-testid=stSkeleton], [data-stale=true]");
  if (busy || !window.restedSince) window.restedSince = performance.now();
  return !busy && performance.now() - window.restedSince > 1500;
}"""
PICTURE = dict.fromkeys(PAGES, CANVAS) | {"distributions": BARS, "paper": DRAWN}


def cpu_seconds(process: int) -> float:
    """Return user and system time of a process, its threads, and its children, those that ended too."""
    fields = stat(process)
    own = sum(int(field) for field in fields[11:15]) / TICKS  # utime, stime, cutime, cstime
    return own + sum(map(cpu_seconds, children(process)))


def stat(process: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, from the state on."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def children(process: int) -> list[int]:
    """Return the children that run, of every thread."""
    found = []
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in tasks.read_text().split()]
    return found


def resident(process: int) -> float:
    """Return the resident size of a process in MB."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.contextmanager
def server(app: Path) -> Iterator[tuple[int, str]]:
    """Start the app on a free port; give the number of the process and the address once it answers."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app.name, "--server.port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=app.parent, **quiet)
    try:
        wait_for(f"http://localhost:{port}/_stcore/health")
        yield process.pid, f"http://localhost:{port}"
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, seconds: float = 60) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@contextlib.contextmanager
def fresh_page(width: int = 1440, height: int = 1000) -> Iterator[sync_api.Page]:
    """Give a page of a browser that has seen nothing yet."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


def measure(app: Path, name: str) -> tuple[float, float, float, float]:
    """Open one page on a fresh server; return CPU seconds of the three moments, and the resident size in MB then."""
    with fresh_page() as page, server(app) as (process, address):
        page.goto(f"{address}/{'' if name == 'home' else name}", wait_until="commit")
        page.wait_for_function(f"document.body?.innerText.includes({WORDS!r})", polling=30)
        words = cpu_seconds(process)
        page.wait_for_function(PICTURE[name], polling=60)
        picture = cpu_seconds(process)
        page.wait_for_function(REST, polling=100)
        return words, picture, cpu_seconds(process), resident(process)


def main() -> None:
    """Print a row for each page: the medians of all runs, and every run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=PAGES)
    parser.add_argument("--app", type=Path, default=ROOT / "app.py")
    options = parser.parse_args()
    print("CPU seconds of the server, medians, and in the end each run: words/picture/all")
    print(f"{'page':14}{'words':>8}{'picture':>9}{'all':>8}{'MB':>7}")
    for name in options.pages:
        runs = [measure(options.app.resolve(), name) for _ in range(options.runs)]
        words, picture, end, size = (statistics.median(one) for one in zip(*runs, strict=True))
        each = "  ".join("/".join(f"{seconds:.2f}" for seconds in one[:3]) for one in runs)
        print(f"{name:14}{words:8.2f}{picture:9.2f}{end:8.2f}{size:7.0f}   {each}", flush=True)


if __name__ == "__main__":
    main()
