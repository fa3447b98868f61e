"""Rows of long work as they come: epochs and files as lines, progress as a bar, scores as a table at the end."""

from collections.abc import Iterable, Sequence

from .console import progress, say, table


def watch(rows: Iterable, share: str = "accuracy", single: Sequence[str] = ()) -> list:
    """Show what a generator of the library yields and return its scores.

    `share` is what an epoch's accuracy is of. Scores whose name ends in one of `single` are returned and not printed.
    """
    from sqexplain.evaluation import Progress, Score

    scores = []
    with progress() as bar:
        task = bar.add_task("working", total=None)
        for row in rows:
            if isinstance(row, Progress):
                bar.update(task, description="pictures", completed=row.done, total=row.of)
            elif isinstance(row, Score):
                scores.append(row)
            else:
                say(line(row, share))
    shown = [score for score in scores if score.name.rpartition(", ")[2] not in single]
    cells = [(score.name, f"{score.value:.4f}", score.meaning) for score in shown]
    if cells:
        table(("measure", "value", "meaning"), cells, right=("value",))
    return scores


def line(row, share: str) -> str:
    """Return an `Epoch` or the path of a file that was written as a line of text."""
    if not hasattr(row, "number"):
        return f"wrote {row}"
    if row.number == 0:  # the pass of a retrofit that caches what the frozen net says
        return f"pictures seen, {row.seconds:.1f} s"
    left = f", about {(row.of - row.number) * row.seconds:.0f} s left" if row.number < row.of else ""
    return f"epoch {row.number}/{row.of}: loss {row.loss:.4f}, {share} {row.accuracy:.2%}, {row.seconds:.1f} s{left}"
