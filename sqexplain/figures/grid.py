"""Every method side by side: samples that a seed has drawn, for each model that ships, with the controls beside."""

from collections.abc import Iterator
from dataclasses import replace

from sqexplain.drawing.sheets import Column, Row, draw_sheet
from sqexplain.explanation import explain
from sqexplain.figures.base import Figure, FigureSettings
from sqexplain.figures.captions import beside, caption, is_clip, over, source
from sqexplain.figures.inputs import shipped
from sqexplain.figures.maps import FROZEN, draw_samples, enlarged, kinds_of, native_maps, overlays, rows_of
from sqexplain.figures.table import Table
from sqexplain.models import MODELS, load_model
from sqexplain.progress import Progress
from sqexplain.sample import Sample

COLORMAP = "cividis"
INSTEAD = {"cifar10": "photographs", "cifar100": "photographs"}  # shown where the data are not there


class Grid(Figure):
    """The maps of every method for samples drawn by seed: a sheet for each model, and one of all for pictures."""

    name = "grid"

    def parts(self, settings: FigureSettings) -> list[str]:
        """Return the models whose data are there, or photographs instead of them."""
        waiting = self.waiting(settings)
        return [model for model in nets() if model not in waiting]

    def waiting(self, settings: FigureSettings) -> dict[str, str]:
        """Return the models whose data are not there, each with the reason."""
        troubles = {model: settings.trouble(data_name(settings, model)) for model in nets()}
        return {model: why for model, why in troubles.items() if why}

    def measure(self, settings: FigureSettings, part: str) -> Iterator[Progress | Table]:
        """Yield progress, then a row for each line of cells of each native map, its values in one cell.

        What is explained of a picture is the class that the frozen net answers; the other nets are asked for it too.
        """
        spec, gates, data = MODELS[part], nets()[part], settings.open(data_name(settings, part))
        drawn = draw_samples(spec, data, settings.seed, settings.limit)
        targets, rows = [one.target for one in drawn], []
        for done, net in enumerate(gates):
            yield Progress(done, len(gates))
            kinds, classifier = kinds_of([net], clips=bool(spec.streams)), load_model(part, net)
            methods = [kind.text(settings.seed) for kind in kinds]
            found = explain(classifier, [one.sample for one in drawn], methods, targets)
            if not spec.default:
                targets = [one[0].target_names[0] for one in found]
            for one, explanations in zip(drawn, found, strict=True):
                for kind, explanation in zip(kinds, explanations, strict=True):
                    rows += rows_of(explanation, kind, one, classifier, data, settings.seed)
        yield Progress(len(gates), len(gates))
        yield Table.of(rows)

    def draw(self, table: Table, format: str, settings: FigureSettings) -> Iterator[tuple[str, bytes]]:
        """Yield a sheet for each model, "grid-MODEL"; where there are several for pictures also "grid", all of them.

        The maps are those of the table; the pictures under them are opened again.

        Raises:
            ValueError: the data of a model are not there any more, or they are others.
        """
        tables = [table.where(model=model) for (model,) in table.distinct("model")]
        pictures, all_rows = [], []
        for own in tables:
            rows, columns = (clip_sheet if is_clip(own) else picture_sheet)(own, opened(settings, own))
            yield f"{self.name}-{own.values('model')[0]}", self.sheet(rows, columns, [own], format)
            if not is_clip(own):
                pictures.append(own)
                all_rows += [replace(rows[0], heading=source(own)), *rows[1:]]
        if len(pictures) > 1:
            yield self.name, self.sheet(all_rows, picture_columns(table), pictures, format)

    def sheet(self, rows: list[Row], columns: list[Column], tables: list[Table], format: str) -> bytes:
        """Return the file of a sheet."""
        seed = tables[0].values("seed")[0]
        scale = "of each row of maps" if is_clip(tables[0]) else "of each map"
        scale_text = f"0 to 1: lowest to highest value {scale}; over the picture in grey, colours {COLORMAP}"
        return draw_sheet(
            rows, columns, f"{caption(tables)}\n{self.command} --seed {seed}", scale_text, COLORMAP, format
        )


def nets() -> dict[str, list[str]]:
    """Return the models that ship whole, each with its kinds of gates, the frozen net first."""
    pairs = shipped(gated=False)
    frozen = [model for model, gates in pairs if gates == FROZEN]
    return {model: [FROZEN, *(gates for name, gates in pairs if name == model and gates != FROZEN)] for model in frozen}


def data_name(settings: FigureSettings, model: str) -> str:
    """Return the data set of a model, or the one that is shown where it is not there."""
    name = MODELS[model].data
    return INSTEAD[name] if name in INSTEAD and settings.trouble(name) else name


def opened(settings: FigureSettings, table: Table) -> dict[int, Sample]:
    """Return the samples of a table of one model by their place in the data set.

    Raises:
        ValueError: the data set is not there, or another sample lies at the place.
    """
    (name,) = table.distinct("data")[0]
    data, found = settings.open(name), {}
    for place, sample in table.distinct("place", "sample"):
        at = int(place)
        one = data[at] if at < len(data) else None
        if one is None or one.name != sample:
            raise ValueError(f"the maps are of {sample!r}, number {at} of {name!r}, which holds another; measure anew")
        found[at] = one
    return found


def nets_of(table: Table) -> list[str]:
    """Return the kinds of gates of the nets that a table is of."""
    return [gates for (gates,) in table.distinct("gates")]


def picture_columns(table: Table) -> list[Column]:
    """Return the heads of the columns of pictures."""
    kinds = kinds_of(nets_of(table), clips=False)
    return [Column("Picture"), *(Column(kind.title, kind.group) for kind in kinds)]


def picture_sheet(table: Table, samples: dict[int, Sample]) -> tuple[list[Row], list[Column]]:
    """Return a row for each sample of a model for pictures, a column for each sort of map."""
    columns, maps, rows = picture_columns(table), native_maps(table), []
    kinds, spec = kinds_of(nets_of(table), clips=False), MODELS[table.values("model")[0]]
    for place, sample in samples.items():
        shown = [overlays(maps[place, kind], kind, sample.frames, spec, COLORMAP)[0] for kind in kinds]
        words = beside(table.where(place=place, gates=FROZEN).dicts()[0])
        rows.append(Row(words, (enlarged(sample.picture), *shown)))
    return rows, columns


def clip_sheet(table: Table, samples: dict[int, Sample]) -> tuple[list[Row], list[Column]]:
    """Return a row for each sort of map of the clip of a model for clips, a column for each frame that is shown."""
    ((place, clip),) = samples.items()
    maps, spec = native_maps(table), MODELS[table.values("model")[0]]
    frozen = table.where(gates=FROZEN)
    first = {row["frame"]: row for row in reversed(frozen.dicts())}
    frames = [int(frame) for (frame,) in frozen.distinct("frame")]
    columns = [Column(over(first[frame], clip.fps)) for (frame,) in frozen.distinct("frame")]
    pictures = clip.frames[frames]  # (N, H, W, 3)
    rows, group = [Row(f"{table.values('data')[0]} {place}", tuple(map(enlarged, pictures)))], ""
    for kind in kinds_of(nets_of(table), clips=True):
        shown = tuple(overlays(maps[place, kind], kind, pictures, spec, COLORMAP))
        rows.append(Row(kind.title, shown, kind.group if kind.group != group else ""))
        group = kind.group
    return rows, columns
