"""How much memory the server takes: `python tests/memory_use.py [--samples 100] [--app app.py]`.

Opens so many different samples, spread over all pages, one after the other in a browser on one server, each as a
visitor who follows a link: a session of its own. Prints the resident size of the server at the start and on the way;
after the first 100 the same samples come again.
"""

import argparse
import random
from itertools import cycle, islice
from pathlib import Path

from playwright import sync_api
from start_time import REST, ROOT, fresh_page, resident, server

STEPS = 4  # how often the size is printed after the start
BREATH = 250  # milliseconds between two samples


def links() -> list[str]:
    """Return the links of all samples, mixed, the same each time."""
    found = [f"explain?data=scenes&model=scenes-resnet&item={item}" for item in range(26)]
    found += [f"explain?data=photographs&item={item}" for item in range(16)]
    found += [f"faces?face={face}" for face in range(24)]
    found += [f"clips?clip={clip}&clip_gates={gates}" for clip in range(11) for gates in ("sparse", "paper")]
    found += [f"distributions?distribution=scenes-resnet/paper&place={place}" for place in range(30, 37)]
    found += [f"paper?view={view}" for view in ("accuracy", "values", "grid", "percent", "cost")]
    random.Random(0).shuffle(found)
    return found


def visit(page: sync_api.Page, url: str) -> None:
    """Open a link and wait until everything is there."""
    page.goto(url, wait_until="commit")
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
    page.wait_for_function(REST, polling=100)
    page.wait_for_timeout(BREATH)


def main() -> None:
    """Print the resident size after every quarter of the samples."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--app", type=Path, default=ROOT / "app.py")
    options = parser.parse_args()
    with fresh_page() as page, server(options.app.resolve()) as (process, address):
        visit(page, address)
        print(f"samples      0: {resident(process):6.0f} MB", flush=True)
        for number, link in enumerate(islice(cycle(links()), options.samples), 1):
            visit(page, f"{address}/{link}")
            if number % max(1, options.samples // STEPS) == 0:
                print(f"samples {number:6}: {resident(process):6.0f} MB", flush=True)


if __name__ == "__main__":
    main()
