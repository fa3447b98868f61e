"""What is known to be inconsistent in folders of AVA-ActiveSpeaker and WASD is read, and told where it matters."""

import re
import shutil

import numpy as np
import pytest
from speaker_folders import (
    AVA,
    WASD,
    Written,
    folder_of,
    loudness,
    reds,
    sound_of,
    write_ava,
    write_rows,
)

from sqexplain.data.speakers import Ava, Wasd

FIRST = AVA[0]
FIRST_LONG = (FIRST.entity, FIRST.video, [0] * 30)


@pytest.mark.parametrize("sign", ["_", "-"])
def test_a_colon_may_stand_as_another_sign_on_disk(ava, sign):
    expected = Ava("val", ava)[0].digest
    for path in (folder_of(ava), sound_of(ava)):
        path.rename(path.with_name(path.name.replace(":", sign)))
    dataset = Ava("val", ava)
    assert dataset[0].digest == expected
    assert dataset.troubles == ()


def test_folders_without_the_level_of_the_video_are_read(wasd):
    expected = [sample.digest for sample in Wasd("val", wasd)]
    for kind in ("clips_videos", "clips_videos_body", "clips_audios"):  # as the authors' converter leaves it
        for path in list((wasd / kind / "val").glob("*/*")):
            path.rename(path.parent.parent / path.name)
    (wasd / "clips_audios").rename(wasd / "clip_audio")
    dataset = Wasd("val", wasd)
    assert [sample.digest for sample in dataset] == expected
    assert dataset.troubles == ()


def test_a_folder_may_be_named_by_the_entity_alone(wasd):
    rows = [["other", *row[1:]] for track in WASD for row in track.rows()]
    write_rows(wasd / "csv" / "val_orig.csv", rows)
    assert Wasd("val", wasd)[1].frames.shape[0] == 4


def test_missing_pictures_are_left_out_with_their_sound(ava):
    names = sorted(folder_of(ava).iterdir())
    names[0].unlink()
    names[3].unlink()
    dataset = Ava("val", ava)
    sample = dataset[0]
    assert reds(sample.frames) == loudness(sample.audio, 4) == [1, 2, 4, 5]
    assert sample.labels.tolist() == [0, 1, 1, 0]
    assert [row.timestamp for row in dataset.keys(0)] == ["900.04", "900.08", "900.16", "900.2"]
    assert [row.instance_id[-1] for row in dataset.keys(0)] == ["0", "1", "1", "2"]
    assert len(dataset.rows(0)) == 6
    assert dataset.troubles == (f"{FIRST.entity}: 2 rows have no picture and are left out",)


def test_more_pictures_than_rows_do_not_count(ava):
    for name in ("899.96.jpg", "901.00.jpg", "notes.jpg", "nan.jpg", "900.08.txt"):
        (folder_of(ava) / name).write_bytes(b"no picture")
    dataset = Ava("val", ava)
    assert reds(dataset[0].frames) == list(range(6))
    assert dataset.troubles == (f"{FIRST.entity}: 2 pictures have no row and are left out",)


def test_times_may_have_more_or_fewer_decimals(ava):
    for path in sorted(folder_of(ava).iterdir()):
        path.rename(path.with_name(f"{float(path.stem):g}.JPG"))  # 900.JPG, 900.04.JPG, 900.2.JPG
    text = (ava / "csv" / "val_orig.csv").read_text()
    (ava / "csv" / "val_orig.csv").write_text(re.sub(r"(9\d\d\.\d+)", r"\g<1>001", text))
    dataset = Ava("val", ava)
    assert reds(dataset[0].frames) == list(range(6))
    assert dataset.keys(0)[1].timestamp == "900.04001"


def test_no_sound_and_bad_sound_are_told(ava):
    sound_of(ava).unlink()
    sound_of(ava, AVA[1]).write_bytes(b"RIFF no sound")
    dataset = Ava("val", ava)
    assert dataset[0].audio is None
    assert dataset[1].audio is None
    assert len(dataset.troubles) == 2
    assert all("there is no sound" in text for text in dataset.troubles)


def test_sound_of_another_length_is_kept_and_told(ava):
    sound_of(ava).write_bytes(sound_of(write_ava(ava.parent / "long", tracks=[Written(*FIRST_LONG)])).read_bytes())
    dataset = Ava("val", ava)
    assert len(dataset[0].audio) == 30 * 640
    assert dataset.troubles == (f"{FIRST.entity}: 0.24 s of frames, 1.20 s of sound",)


def test_rows_may_come_in_any_order_and_twice(ava):
    rows = [row for track in AVA for row in track.rows()]
    expected = [sample.digest for sample in Ava("val", ava)]
    mixed = np.random.default_rng(0).permutation(len(rows))
    write_rows(ava / "csv" / "val_orig.csv", [*(rows[place] for place in mixed), rows[2]])
    dataset = Ava("val", ava)
    assert sorted(sample.digest for sample in dataset) == sorted(expected)
    assert dataset.troubles == (f"{FIRST.entity}: 1 rows name a time again; the first of each counts",)


def test_line_ends_of_windows_and_a_byte_order_mark_do_not_count(ava):
    for name in ("val_orig.csv", "val_loader.csv"):
        path = ava / "csv" / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n")
    dataset = Ava("val", ava)
    assert [sample.fps for sample in dataset] == [25, 25, 30, 25, 25]
    assert dataset.troubles == ()


@pytest.mark.parametrize(
    "labels", ["[0 0 1 1 1 0]", "0,0,1,1,1,0", "[0.0, 0.0, 1.0, 1.0, 1.0, 0.0]", '"[0,0,1,1,1,0]"']
)
def test_labels_of_the_loader_are_written_in_many_ways(ava, labels):
    (ava / "csv" / "val_loader.csv").write_text(f"{FIRST.entity}\t6\t25.0\t{labels}\t3\n")
    dataset = Ava("val", ava)
    assert dataset[0].fps == 25
    assert not [text for text in dataset.troubles if text.startswith(f"{FIRST.entity}:")]


def test_a_loader_that_disagrees_is_told_and_the_table_counts(ava):
    lines = f"{FIRST.entity}\t5\t25.0\t[1, 1, 1, 1, 1]\t3\nnobody:1\t1\t25\t[0]\t1\n"
    (ava / "csv" / "val_loader.csv").write_text(lines)
    dataset = Ava("val", ava)
    assert dataset[0].labels.tolist() == [0, 0, 1, 1, 1, 0]
    told = " ".join(dataset.troubles)
    assert "lists 5 frames, the table has 6" in told
    assert "labels of the loader's list are not those of the table" in told
    assert "1 tracks without a row, such as 'nobody:1'" in told
    assert f"{AVA[2].entity}: 'val_loader.csv' does not list it" in told
    assert dataset[2].fps == 30  # by the times


def test_without_a_loader_rates_come_from_the_times_or_the_metadata(ava, wasd):
    (ava / "csv" / "val_loader.csv").unlink()
    dataset = Ava("val", ava)
    assert [dataset.rate(index) for index in range(5)] == [25, 25, 30, 25, 25]
    assert "there is no csv/val_loader.csv" in dataset.troubles[0]
    (wasd / "csv" / "val_loader.csv").unlink()
    assert [Wasd("val", wasd).rate(index) for index in range(5)] == [30, 25, 24, 25, 25]


@pytest.mark.parametrize("place", ["csv/ava_activespeaker_val_v1.0", "ava_activespeaker_val_v1.0", "one"])
def test_the_tables_as_ava_is_published_have_no_header_and_no_numbers(ava, place):
    (ava / "csv" / "val_orig.csv").unlink()
    rows = {
        track.video: [row[:8] for other in AVA if other.video == track.video for row in other.rows()] for track in AVA
    }
    if place == "one":
        write_rows(
            ava / "csv" / "ava_activespeaker_val.csv", [row for part in rows.values() for row in part], header=None
        )
    else:
        for video, part in rows.items():
            write_rows(ava / place / f"{video}-activespeaker.csv", part, header=None)
    dataset = Ava("val", ava)
    assert sorted(dataset.entities) == sorted(track.entity for track in AVA)
    index = dataset.entities.index(FIRST.entity)
    assert [row.truth() for row in dataset.rows(index)] == [list(map(str, row)) for row in FIRST.rows()]


def test_a_missing_crop_of_the_body_is_replaced_by_the_nearest(wasd):
    sorted(folder_of(wasd, WASD[1], "clips_videos_body").iterdir())[3].unlink()
    shutil.rmtree(folder_of(wasd, WASD[2], "clips_videos_body"))
    dataset = Wasd("val", wasd)
    assert reds(dataset[1].body) == [0, 1, 2, 2]
    assert reds(dataset[1].frames) == [0, 1, 2, 3]
    assert dataset[2].body is None
    assert dataset.troubles == (
        f"{WASD[1].entity}: 1 frames have no crop of the body; the nearest one stands in",
        f"{WASD[2].entity}: there are no crops of the body",
    )
