"""What is drawn is kept: an interrupted render goes on, a failing one leaves nothing, a damaged file is named."""

import numpy as np
import pytest

from sqexplain.synthetic.talkers.cache import PART, Cache, Table


class TestCache:
    def table(self, made: list[int]) -> Table:
        def make(row: int) -> np.ndarray:
            made.append(row)
            return np.full(3, row)

        return Table("rows", PART * 2 + 5, make)

    def test_an_interrupted_render_goes_on(self, tmp_path):
        made = []
        first = Cache(tmp_path / "new", [self.table(made)]).fill()
        for progress in first:
            if progress.done == PART + 4:
                break
        first.close()
        assert [path.name for path in (tmp_path / "new").iterdir()] == ["rows-000.npy"]
        cache = Cache(tmp_path / "new", [self.table(made)])
        steps = list(cache.fill())
        assert (steps[0].done, steps[-1].done, steps[-1].of) == (PART, PART * 2 + 5, PART * 2 + 5)
        assert made == [*range(PART + 4), *range(PART, PART * 2 + 5)]
        assert [int(cache.row("rows", i)[0]) for i in (0, PART, PART * 2 + 4)] == [0, PART, PART * 2 + 4]

    def test_a_failing_write_leaves_nothing(self, tmp_path, monkeypatch):
        monkeypatch.setattr(np, "save", lambda file, _: file.write(b"half") and 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(Cache(tmp_path, [self.table([])]).fill())
        assert not list(tmp_path.iterdir())

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path):
        (tmp_path / "file").write_text("no folder")
        with pytest.raises(ValueError, match="rows-000.npy' cannot be written .*give 'root'"):
            list(Cache(tmp_path / "file", [self.table([])]).fill())

    def test_a_damaged_file_is_named(self, tmp_path):
        cache = Cache(tmp_path, [self.table([])])
        list(cache.fill())
        (tmp_path / "rows-001.npy").write_bytes(b"no array")
        with pytest.raises(ValueError, match="rows-001.npy' is damaged.*delete it"):
            cache.row("rows", PART)
