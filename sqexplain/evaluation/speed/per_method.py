"""What each method costs alone, from the input of a net to its heatmaps, beside a bare forward pass of the net."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from sqexplain.evaluation.speed import clips, pictures
from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.gates import Tap
from sqexplain.gates.insertion import find_block
from sqexplain.methods import METHODS, Method, layer_map
from sqexplain.models import MODELS, build_model
from sqexplain.progress import Progress
from sqexplain.recording import record
from sqexplain.registry import pick

BARE = "bare forward"
INPUTS = {"one picture": "one picture", "batch": "a batch of pictures", "clip": "a clip with sound"}  # name -> words
Run = Callable[[], object]


@dataclass(frozen=True)
class Price:
    """What one method costs on one input; a bare forward pass is 1.

    Attributes:
        input: key of INPUTS.
        what: title of the method, or BARE.
        method: its text form, "" for the bare pass.
        control: whether it is a yardstick rather than a method.
        ratio: median over the turns of its time by the mean of the bare passes just before and after it; the row of
            BARE is a bare pass between two others, and what is not 1 there is noise.
        low: the smallest of these ratios.
        high: the largest.
        seconds: median over the turns.
        setting: where and how it was measured.
    """

    input: str
    what: str
    method: str
    control: bool
    ratio: float
    low: float
    high: float
    seconds: float
    setting: str


@dataclass(frozen=True)
class Course:
    """What runs on one input: the bare pass, then each method with its pass; `setting` says on what."""

    bare: Run
    runs: Sequence[tuple[Method, Run]]
    setting: str


def costs(
    repeats: int = 3, batch: int = 8, size: int = 224, frames: int = 100, inputs: Sequence[str] = tuple(INPUTS)
) -> Iterator[Progress | Price]:
    """Yield progress, and for each input the Price of the bare forward pass and of every method that fits, on the CPU.

    ResNet50 for pictures, the net `speaker` for a clip, both with random weights. Each method has a pass of its own,
    from the input of the net with its SE block to heatmaps at the size of the input, those of the sound too. The bare
    pass is that of the net without the block, and without gradients. In a turn every method runs once, each between
    two bare passes with which it is compared, so that whatever slows the machine meanwhile slows both. The first turn
    warms up and does not count.

    Args:
        repeats: turns that count.
        batch: pictures of the input "batch".
        size: side of the pictures in pixels.
        frames: length of the clip.
        inputs: keys of INPUTS.

    Raises:
        ValueError: `repeats`, `batch`, `size` or `frames` is below 1, 1, 32 or 1, or an input is unknown.
    """
    inputs = [inputs] if isinstance(inputs, str) else list(inputs)
    check(repeats, batch, size, frames, inputs)
    done, of = 0, sum(len(fitting(name)) + 1 for name in inputs) * (repeats + 1)
    for name in inputs:
        course = prepare(name, batch, size, frames)
        pairs = []
        for _ in range(repeats + 1):
            for pair in timed(course):
                pairs.append(pair)
                done += 1
                yield Progress(done, of)
        machine = f"CPU, {counted(torch.get_num_threads(), 'thread')}, {counted(repeats, 'turn')}"
        rows = [None, *(method for method, _ in course.runs)]
        for at, method in enumerate(rows):
            yield price(
                name, method, pairs[at :: len(rows)][1:], f"{course.setting}, {machine}"
            )  # the first turn warmed up


def check(repeats: int, batch: int, size: int, frames: int, inputs: Sequence[str]) -> None:
    """Refuse what cannot be measured; see `costs`."""
    given = (("repeats", repeats, 1), ("batch", batch, 1), ("size", size, 32), ("frames", frames, 1))
    for name, value, least in given:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"'{name}' must be a whole number from {least} on, not {value!r}")
    for name in inputs:
        pick(INPUTS, name, "input")


def fitting(name: str) -> list[Method]:
    """Return the methods, at their defaults, that fit an input: those for heads behind a max pool fit clips alone."""
    return [kind() for kind in METHODS.values() if name == "clip" or not kind.peaked]


def prepare(name: str, batch: int, size: int, frames: int) -> Course:
    """Return what runs on an input; the state of the global random numbers is left as it was."""
    with torch.random.fork_rng(devices=[]):  # the weights are drawn
        return on_clip(frames) if name == "clip" else on_pictures(name, batch if name == "batch" else 1, size)


def on_pictures(name: str, count: int, size: int) -> Course:
    """Return the runs of ResNet50 on pictures."""
    net, plain, inputs = pictures.nets(count, size)
    streams, blocks = {"frames": inputs}, {"frames": find_block(net)[1]}
    bare = torch.no_grad()(lambda: plain(inputs))
    runs = [(method, lambda one=method: maps(net, streams, blocks, one)) for method in fitting(name)]
    return Course(bare, runs, f"ResNet50 (random weights), {counted(count, 'picture')} of {size} px")


def on_clip(frames: int) -> Course:
    """Return the runs of the net `speaker` on one clip, asked for "speaking" in every frame."""
    one = build_model(MODELS["speaker"], "sparse", "cpu")
    plain = build_model(MODELS["speaker"], "none", "cpu").net
    source = torch.Generator().manual_seed(0)
    inputs = {
        "frames": torch.randn(1, 1, frames, clips.SIDE, clips.SIDE, generator=source),
        "audio": torch.randn(1, 1, 13, 4 * frames, generator=source),
    }
    speaking = torch.ones(frames, dtype=torch.long)
    known = (one.net, inputs, one.blocks)
    runs = [(kind, lambda kind=kind: maps(*known, kind, speaking, together=True)) for kind in fitting("clip")]
    return Course(
        lambda: clips.score(plain, inputs), runs, f"speaker (random weights), {counted(frames, 'frame')} with sound"
    )


def maps(
    net: nn.Module,
    inputs: Mapping[str, Tensor],
    blocks: Mapping[str, Tap],
    method: Method,
    targets: Tensor | None = None,
    together: bool = False,
) -> list[Tensor]:
    """Return the heatmaps of one method for each stream at the size of its input, from one pass."""
    full = layer_map if "layers" in method.needs else None
    traces = record(net, inputs, blocks, targets, gradients="gradients" in method.needs, layer_map=full)[2]
    maps_of = partial(heatmaps, native=method.native, interpolation=method.interpolation, together=together)
    return [maps_of(method(traces[name]), one.shape[-2], one.shape[-1]) for name, one in inputs.items()]


def timed(course: Course) -> Iterator[tuple[float, float]]:
    """Yield (bare seconds, own seconds) of one more bare pass, then of each method; every run is between bare ones."""
    before = seconds(course.bare)
    for run in (course.bare, *(run for _, run in course.runs)):
        own, after = seconds(run), seconds(course.bare)
        yield (before + after) / 2, own
        before = after


def seconds(run: Run) -> float:
    """Return how long a run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def price(name: str, method: Method | None, pairs: Sequence[tuple[float, float]], setting: str) -> Price:
    """Return what a method cost, None being the bare pass, from the (bare seconds, own seconds) of each turn."""
    ratios = [own / bare for bare, own in pairs]
    head = (method.title, method.text, method.control) if method else (BARE, "", False)
    spread = (statistics.median(ratios), min(ratios), max(ratios))
    return Price(name, *head, *spread, statistics.median(own for _, own in pairs), setting)


def counted(count: int, what: str) -> str:
    """Return a number with what it counts: "1 thread", "2 threads"."""
    return f"{count} {what}{'s' * (count != 1)}"
