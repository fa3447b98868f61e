"""The words of the grid: beside its rows, over its columns, and the sentences under it."""

from collections.abc import Sequence

from sqexplain.figures.maps import FROZEN
from sqexplain.figures.table import Cell, Row, Table
from sqexplain.methods import SE
from sqexplain.models import MODELS
from sqexplain.registry import series


def is_clip(table: Table) -> bool:
    """Say whether a table is of a model for clips."""
    return bool(MODELS[table.values("model")[0]].streams)


def beside(row: Row) -> str:
    """Return the words beside the maps of a picture, of which `row` is one of the frozen net."""
    target, truth = (plain(row[name]) or "not known" for name in ("target", "truth"))
    return f"{target} {per_cent(row)}\ntruth: {truth}\n{row['data']} {row['place']}"


def over(row: Row, fps: float) -> str:
    """Return the words over a frame of a clip: its time, how likely the class is, the truth."""
    return f"{int(row['frame']) / fps:.2f} s\nP {per_cent(row)}\n{plain(row['truth'])}"


def plain(cell: Cell) -> str:
    """Return the name of a class as a person writes it, "" for an empty cell."""
    return str(cell or "").replace("_", " ")


def per_cent(row: Row) -> str:
    """Return the probability of the target."""
    return f"{100 * float(row['probability']):.0f} %"


def source(table: Table) -> str:
    """Return the model and the data of a table."""
    first = table.dicts()[0]
    spec = MODELS[first["model"]]
    missing = "" if first["data"] == spec.data else f" because the test data of {spec.data} are not there"
    return f"{spec.name} on {first['data']} ({int(first['size']):,} test samples){missing}"


def caption(tables: Sequence[Table]) -> str:
    """Return the sentences under a sheet of one or several models, without the command."""
    seed = tables[0].values("seed")[0]
    text = [f"Drawn with seed {seed}, not picked: {'; '.join(map(source, tables))}."]
    text += [described_targets(tables), nets(tables[0])]
    text += [f"SE: mean of the {SE().percent:g} % of the channels whose gates are open widest; controls: as many."]
    text += [line for table in tables for line in (*differing(table), *noted(table, named=len(tables) > 1))]
    return " ".join(text)


def described_targets(tables: Sequence[Table]) -> str:
    """Return the target of the maps and what the words beside or over them are."""
    if is_clip(tables[0]):
        target = tables[0].values("target")[0]
        text = f"Over each frame: its time, the frozen model's probability of “{target}”, the label."
        return f"{text} {alike(tables[0])}"
    faces = [MODELS[table.values("model")[0]].multilabel for table in tables]
    answer, attribute = "the class that the frozen model predicts", "a random attribute of the face"
    target = attribute if all(faces) else f"{answer}, or {attribute}" if any(faces) else answer
    text = f"Beside each picture: the target of its maps ({target}), its probability, the label, the index."
    return f"{text} {alike(tables[0])}"


def alike(table: Table) -> str:
    """Return which columns are the same for every class."""
    titles = [title for gates in ("paper", "sparse") for title in titles_of(table, gates)]
    return f"{series([*titles, 'controls'])} are the same for every class."


def nets(table: Table) -> str:
    """Return which net each column is of."""
    titles = {gates: titles_of(table, gates) for (gates,) in table.distinct("gates")}
    learned = [title for gates in ("sparse", "class") for title in titles.get(gates, ())]
    text = ["Gradients and controls: the frozen model, without gates."]
    text += [f"{series(learned)}: the same model, with a retrofitted block."] if learned else []
    text += [f"{series(titles['paper'])}: another model, trained with its block."] if "paper" in titles else []
    return " ".join(text)


def titles_of(table: Table, gates: str) -> list[str]:
    """Return the titles of the columns that come from a net with these gates."""
    return [title for (title,) in table.where(gates=gates).distinct("title")]


def differing(table: Table) -> list[str]:
    """Return where a net with gates answers otherwise than the frozen one, a sentence for each."""
    lines = table.distinct("gates", "data", "place", "frame", "answer", "target")
    frozen = {(place, frame): answer for gates, _, place, frame, answer, _ in lines if gates == FROZEN}
    if is_clip(table):
        counts = {gates: 0 for gates, *_ in lines}
        for gates, _, place, frame, answer, _ in lines:
            counts[gates] += answer != frozen[place, frame]
        return [
            f"In {count} of {len(frozen)} frames the model of {series(titles_of(table, gates))} predicts otherwise."
            for gates, count in counts.items()
            if count
        ]
    return [
        f"The model of {series(titles_of(table, gates))} predicts “{plain(answer)}” for {data} {place}."
        for gates, data, place, frame, answer, _ in lines
        if answer != frozen[place, frame]
    ]


def noted(table: Table, named: bool) -> list[str]:
    """Return what a reader has to know of a map, once each, after the titles it is about, `named` with the model's."""
    found: dict[str, list[str]] = {}
    for text, title in table.distinct("notes", "title"):
        if text:
            found.setdefault(text, []).append(title)
    of = f" of {table.values('model')[0]}" if named else ""
    return [f"{series(titles)}{of}: {text}" for text, titles in found.items()]
