"""The readers of AVA-ActiveSpeaker and WASD on small folders in their layouts: what is read and what is refused."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from speaker_folders import (
    AVA,
    RATE,
    WASD,
    Written,
    folder_of,
    loudness,
    reds,
    write_ava,
    write_rows,
    write_tables,
)

from sqexplain import media
from sqexplain.data import open_dataset
from sqexplain.data.speakers import Ava, Wasd
from sqexplain.data.speakers.categories import read_division
from sqexplain.data.speakers.tables import TRUTH, check_name, read_table

FIRST = AVA[0]
CLIPS = Path(__file__).parents[2] / "shared" / "data" / "clips"


# --- a whole folder


def test_every_track_is_a_sample_with_frames_sound_rate_and_labels(ava):
    dataset = Ava("val", ava)
    assert dataset.entities == tuple(track.entity for track in AVA)
    for index, track in enumerate(AVA):
        sample = dataset[index]
        assert sample.name == track.entity
        assert sample.frames.shape == (len(track.labels), 112, 112, 3)
        assert reds(sample.frames) == list(range(len(track.labels)))
        assert sample.labels.tolist() == [int(label == 1) for label in track.labels]
        assert sample.fps == track.fps
        assert sample.audio.dtype == np.float32
        assert loudness(sample.audio, len(track.labels), track.fps) == list(range(len(track.labels)))
        assert sample.body is None
    assert dataset.troubles == ()
    assert dataset[-1].name == AVA[-1].entity
    with pytest.raises(IndexError):
        dataset[len(AVA)]


def test_the_keys_are_the_rows_of_the_table(ava):
    rows = Ava("val", ava).keys(0)
    assert [row.timestamp for row in rows] == ["900.0", "900.04", "900.08", "900.12", "900.16", "900.2"]
    assert [row.truth() for row in rows] == [list(map(str, row)) for row in FIRST.rows()]
    assert [row.label_id for row in Ava("val", ava).keys(1)] == [1, 1, 2, 2]


@pytest.mark.parametrize("name", ["val", "validation"])
def test_a_split_has_two_names(ava, name):
    assert open_dataset("ava", name, ava).split == "val"


def test_bodies_and_categories_come_with_wasd(wasd):
    dataset = open_dataset("wasd", root=wasd)  # "test": WASD calls it val
    assert dataset.categories == ("OC", "SI", "FO", "HVN", "SS")
    assert [dataset.category(index) for index in range(5)] == ["OC", "SS", "FO", "HVN", "SI"]
    for index, track in enumerate(WASD):
        sample = dataset[index]
        assert sample.fps == track.fps
        assert sample.body.shape == (len(track.labels), 112, 112, 3)
        assert reds(sample.body) == reds(sample.frames) == list(range(len(track.labels)))
    assert dataset.troubles == ()
    assert [row.entity_id for row in dataset.bodies()[:3]] == [WASD[0].entity] * 3


def test_the_other_name_of_the_table_of_the_bodies_is_read(wasd):
    shutil.move(wasd / "csv" / "val_body_orig.csv", wasd / "csv" / "val_orig_body.csv")
    assert len(Wasd("val", wasd).bodies()) == sum(len(track.labels) for track in WASD)
    (wasd / "csv" / "val_orig_body.csv").unlink()
    with pytest.raises(ValueError, match=r"neither val_body_orig\.csv nor val_orig_body\.csv"):
        Wasd("val", wasd).bodies()


def test_without_bodies_wasd_is_read_as_faces(wasd):
    shutil.rmtree(wasd / "clips_videos_body")
    dataset = Wasd("val", wasd)
    assert dataset[0].body is None
    assert dataset.troubles == ()


HEADS = """# Interview
0BRxm7G1acw
# Debate
0dY0t1NRXeo
B068jfKfC8A
# React
1MIuBqLsnXM
B068jfKfC8A
# Podcast
2vo1labxjno
# Police
nTdD_eW-Ehg
376o0YExBSc  """


def test_both_files_with_the_categories_are_understood(wasd):
    (wasd / "wasd_metadata.csv").unlink()
    assert Wasd("val", wasd).category(0) == ""
    (wasd / "eval").mkdir()
    (wasd / "eval" / "dataset_division.txt").write_text(HEADS)
    dataset = Wasd("val", wasd)
    assert [dataset.category(index) for index in range(5)] == ["OC", "SS", "FO", "HVN", "SI"]
    assert dataset.division.of("B068jfKfC8A_30-60") == ("SI", "HVN")
    assert dataset.division.of("376o0YExBSc_1-2") == ("SS",)


@pytest.mark.parametrize("written", ["2", "2.0", "FO", "fo", "Podcast", "Face Occlusion"])
def test_a_category_may_be_a_number_a_code_or_a_name(tmp_path, written):
    path = tmp_path / "wasd_metadata.csv"
    path.write_text(f"Video,Category\nabc_1-2,{written}\n")
    assert read_division(path).of("abc_1-2") == ("FO",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Video,Category\nabc,7\n", "category '7'; known are OC"),
        ("# Cooking\nabc\n", "category 'Cooking'"),
        ("name,kind\nabc,1\n", r"neither wasd_metadata\.csv .* nor dataset_division\.txt"),
        ("", "neither"),
    ],
    ids=["number", "head", "columns", "empty"],
)
def test_another_division_is_refused(tmp_path, text, words):
    path = tmp_path / "division"
    path.write_text(text)
    with pytest.raises(ValueError, match=words):
        read_division(path)


# --- what is refused


@pytest.mark.parametrize("kind", [Ava, Wasd])
def test_another_folder_is_refused_with_what_was_expected_and_found(tmp_path, kind):
    with pytest.raises(ValueError, match="needs 'root'"):
        kind("val")
    with pytest.raises(ValueError, match="is no folder"):
        kind("val", tmp_path / "nowhere")
    (tmp_path / "holiday").mkdir()
    with pytest.raises(ValueError, match=r"neither csv/val_orig\.csv nor .* holds holiday"):
        kind("val", tmp_path)
    write_tables(tmp_path, "val", AVA)
    with pytest.raises(ValueError, match=r"no crops of .*clips_videos/val'.* holds csv, holiday"):
        kind("val", tmp_path)
    with pytest.raises(ValueError, match="unknown split 'vall'.*Did you mean 'val'"):
        kind("vall", tmp_path)


def test_a_split_that_is_not_there_is_refused(ava):
    with pytest.raises(ValueError, match=r"neither csv/train_orig\.csv .*csv' holds val_loader\.csv, val_orig\.csv"):
        Ava("train", ava)


def test_a_track_without_a_picture_does_not_stop_the_others(ava):
    shutil.rmtree(folder_of(ava))
    for path in folder_of(ava, AVA[1]).iterdir():
        path.unlink()
    dataset = Ava("val", ava)
    with pytest.raises(ValueError, match="6 rows but no picture: its folder is missing"):
        dataset[0]
    with pytest.raises(ValueError, match="4 rows but no picture: .* holds none at the times of its rows"):
        dataset[1]
    assert dataset[2].name == AVA[2].entity


def test_a_damaged_picture_is_named(ava):
    (folder_of(ava) / "900.08.jpg").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"'900\.08\.jpg' is no picture"):
        Ava("val", ava)[0]


@pytest.mark.parametrize("name", ["..", "../../etc", "a/b", "a\\b", "", "a\nb", "a\x00b", ".hidden", "a ", "x" * 300])
def test_a_name_that_leads_elsewhere_is_refused(ava, name):
    with pytest.raises(ValueError, match="is no plain name"):
        check_name(name, "entity_id")
    for column in (0, 7):
        rows = FIRST.rows()
        rows[1][column] = name
        write_rows(ava / "csv" / "val_orig.csv", rows)
        if name != "a ":  # cells lose the space at their ends
            with pytest.raises(ValueError, match=r"val_orig\.csv': (entity_id|video_id) .* is no plain name"):
                Ava("val", ava)


def test_names_of_the_published_sets_are_plain():
    for name in ("_mAfwH6i90E_1080_1140:1", "-IELREHX_js_0960_1020:1", "nTdD_eW-Ehg_60-90_0000_2"):
        assert check_name(name, "entity_id") == name


def spoil(row: int, column: int, value: str):
    def change(rows):
        rows[row][column] = value
        return rows

    return change


@pytest.mark.parametrize(
    ("change", "header", "words"),
    [
        (lambda rows: [row[:5] for row in rows], TRUTH[:5], "lacks entity_box_y2, label, entity_id; its first line is"),
        (lambda rows: [row[:6] for row in rows], None, "lacks video_id"),
        (lambda rows: [*rows[:2], rows[2][:9]], TRUTH, "row 3, has 9 cells; it needs 10"),
        (spoil(1, 1, "soon"), TRUTH, "row 2: frame_timestamp is 'soon', which is no number"),
        (spoil(4, 3, "nan"), TRUTH, "row 5: entity_box_y1 is 'nan'"),
        (spoil(4, 3, "1e999"), TRUTH, "row 5: entity_box_y1 is '1e999'"),
        (spoil(0, 6, "SINGING"), TRUTH, "label 'SINGING'; allowed are NOT_SPEAKING"),
        (lambda _: [], TRUTH, "holds no row"),
        (lambda _: [], None, "is empty"),
    ],
    ids=["columns", "headerless", "cells", "time", "nan", "infinite", "label", "no rows", "empty"],
)
def test_a_table_of_another_kind_is_refused_with_the_row(tmp_path, change, header, words):
    path = write_rows(tmp_path / "val_orig.csv", change(FIRST.rows()), header)
    with pytest.raises(ValueError, match=re.escape(words)):
        read_table(path)


def test_a_table_of_bytes_or_without_end_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "val_orig.csv"
    path.write_bytes(b"video_id,\xff\xfe")
    with pytest.raises(ValueError, match="is no text in UTF-8"):
        read_table(path)
    path.write_text('video_id,"' + "x" * 200_000)
    with pytest.raises(ValueError, match="is no CSV file"):
        read_table(path)
    path.write_text(",".join(TRUTH) + "\n" + "1," * 100_000)  # a line without end comes in pieces
    with pytest.raises(ValueError, match="cells; it needs 10"):
        read_table(path)
    with pytest.raises(ValueError, match="there is no file"):
        read_table(tmp_path)
    monkeypatch.setattr("sqexplain.data.speakers.tables.MAX_ROWS", 5)
    with pytest.raises(ValueError, match="more than 5 rows"):
        read_table(write_rows(path, FIRST.rows()))


@pytest.mark.parametrize("line", ["one two", "a\tmany\t25\t[0]\t1", "a\t1", "a\t1e999\t25\t[0]\t1"])
def test_a_loader_of_another_kind_is_refused_with_the_line(ava, line):
    (ava / "csv" / "val_loader.csv").write_text(f"{FIRST.entity}\t6\t25\t[0]\t1\n{line}\n")
    with pytest.raises(ValueError, match=r"val_loader\.csv', line 2, .* separated by tabs"):
        Ava("val", ava)


# --- real clips


def test_a_folder_made_of_real_clips_is_read_back(tmp_path):
    files = sorted(CLIPS.glob("*.mpg"))[:2]
    if not files:
        pytest.skip(f"no clips in {CLIPS}")
    tracks = []
    for file in files:
        frames = [frame[80:220, 100:240] for frame in media.frames(file, max_seconds=1)]
        tracks.append(
            Written(f"{file.stem}_0000_0060:1", file.stem, [number % 2 for number in range(len(frames))], 0.0, 25.0)
        )
        tracks[-1].frames = lambda frames=frames: frames
        tracks[-1].sound = lambda file=file: (media.sound(file)[:RATE] * 32767).astype(np.int16)
    dataset = Ava("val", write_ava(tmp_path, tracks=tracks))
    for index, file in enumerate(files):
        sample = dataset[index]
        assert sample.frames.shape == (len(tracks[index].labels), 112, 112, 3)
        assert np.abs(sample.audio - media.sound(file)[:RATE]).max() < 1e-4
        middle = tracks[index].frames()[3].mean((0, 1))
        assert np.abs(sample.frames[3].mean((0, 1)) - middle).max() < 2
    assert dataset.troubles == ()
