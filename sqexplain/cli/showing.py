"""Rows of long work as they come: epochs and files as lines, progress as a bar, scores as a table at the end."""

from collections.abc import Iterable

from .console import progress, say, table


def watch(rows: Iterable) -> list:
    """Show what a generator of the library yields; return its scores."""
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
                say(line(row))
    table(("measure", "value", "meaning"), [(s.name, f"{s.value:.4f}", s.meaning) for s in scores], right=("value",))
    return scores


def line(row) -> str:
    """Return an `Epoch` or the path of a file that was written as a line of text."""
    if not hasattr(row, "number"):
        return f"wrote {row}"
    if row.number == 0:  # the pass of a retrofit that caches what the frozen net says
        return f"pictures seen, {row.seconds:.1f} s"
    return (
        f"epoch {row.number}/{row.of}: loss {row.loss:.4f}, accuracy {row.accuracy:.2%}, {row.seconds:.1f} s, "
        f"about {(row.of - row.number) * row.seconds:.0f} s left"
    )
