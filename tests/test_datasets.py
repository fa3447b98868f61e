"""Every data set keeps the one promise, and CIFAR is the same from each of its layouts."""

import hashlib
import pickle
import tarfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from celeba_folders import part_of
from speaker_folders import write_ava, write_wasd
from torchvision import datasets as official

from sqexplain import media
from sqexplain.classes import CIFAR10, CIFAR100
from sqexplain.data import DATASETS, DOWNLOADABLE, open_dataset
from sqexplain.data.download import download
from sqexplain.data.photographs import PHOTOGRAPHS
from sqexplain.sample import Dataset, Sample, as_dataset
from sqexplain.tasks import MULTICLASS, MULTILABEL, PER_FRAME

TRACKS = {"ava": write_ava, "wasd": write_wasd}
SHARED = Path(__file__).parents[2] / "shared" / "data" / "cifar100"


def tiles(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 32, 32, 3), np.uint8)


def write_folders(root: Path, classes=("airplane", "cat", "truck"), count=3) -> Path:
    for label, name in enumerate(classes):
        for number, tile in enumerate(tiles(label, count)):
            media.write_bytes(root / "test" / name / f"{number:04d}.png", media.encode_png(tile))
    return root


def write_sheets(root: Path, classes=("airplane", "cat", "truck"), rows=2, columns=3) -> Path:
    for label, name in enumerate(classes):
        grid = tiles(label, rows * columns).reshape(rows, columns, 32, 32, 3)
        sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in grid], axis=0)  # (64, 96, 3)
        media.write_bytes(root / "test" / f"{name}.png", media.encode_png(sheet))
    return root


def write_official(root: Path, monkeypatch) -> Path:
    """Write torchvision's files with two pictures of class 3 and one of class 0, and the checksums to match."""
    pictures = tiles(0, 3).transpose(0, 3, 1, 2).reshape(3, -1)
    contents = {
        "data_batch_1": {"data": pictures[:1], "labels": [9]},
        "test_batch": {"data": pictures, "labels": [3, 0, 3]},
        "batches.meta": {"label_names": list(CIFAR10)},
    }
    sums = {}
    for name, content in contents.items():
        data = pickle.dumps(content)
        media.write_bytes(root / "cifar-10-batches-py" / name, data)
        sums[name] = hashlib.md5(data).hexdigest()
    monkeypatch.setattr(official.CIFAR10, "train_list", [["data_batch_1", sums["data_batch_1"]]])
    monkeypatch.setattr(official.CIFAR10, "test_list", [["test_batch", sums["test_batch"]]])
    monkeypatch.setattr(
        official.CIFAR10, "meta", {"filename": "batches.meta", "key": "label_names", "md5": sums["batches.meta"]}
    )
    return root


def everything(dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return all pictures (N, H, W, 3) and labels of a data set whose pictures are alike."""
    pictures, labels = zip(*dataset.batches(), strict=True)
    return np.concatenate(pictures), np.concatenate(labels)


@pytest.fixture
def root_of(tmp_path):
    """Return a folder with a little of a data set, None for one that comes with the packages."""

    def make(name: str) -> Path | None:
        if name == "cifar100":
            return write_sheets(tmp_path, ("apple", "rocket", "worm"))
        if name == "celeba":
            return part_of(tmp_path)
        if name in TRACKS:
            return TRACKS[name](tmp_path, "test" if name == "ava" else "val")
        return write_folders(tmp_path) if name in ("cifar10", "files") else None

    return make


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_a_sequence_of_labelled_samples(name, root_of):
    dataset = open_dataset(name, root=root_of(name))
    assert dataset.name == name
    assert isinstance(dataset.classes, tuple)
    assert len(dataset.classes) > 1
    for index in (0, len(dataset) - 1, -1):
        sample = dataset[index]
        assert isinstance(sample, Sample)
        assert sample.name
        assert len(sample.labels) == len(sample.frames)
        assert set(sample.labels.ravel().tolist()) <= set(range(len(dataset.classes)))
    assert dataset[-1].digest == dataset[len(dataset) - 1].digest
    with pytest.raises(IndexError):
        dataset[len(dataset)]


@pytest.mark.parametrize("name", DATASETS)
def test_opening_twice_gives_the_same_samples(name, root_of):
    root = root_of(name)
    one, two = open_dataset(name, root=root), open_dataset(name, root=root)
    assert [one[i].digest for i in range(5)] == [two[i].digest for i in range(5)]
    assert [one[i].name for i in range(5)] == [two[i].name for i in range(5)]


TASK_OF = {"celeba": MULTILABEL, "drawn-faces": MULTILABEL, "talkers": PER_FRAME, "ava": PER_FRAME, "wasd": PER_FRAME}


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_says_what_it_is(name, root_of):
    dataset = open_dataset(name, root=root_of(name))
    assert isinstance(dataset, Dataset)
    assert as_dataset(dataset) is dataset
    assert dataset.task == TASK_OF.get(name, MULTICLASS)
    assert dataset.licence
    assert dataset.source
    labels = dataset[0].labels
    assert labels.shape[1:] == ((len(dataset.classes),) if dataset.task == MULTILABEL else ())


@pytest.mark.parametrize("name", sorted(DATASETS.keys() - {"talkers", *TRACKS}))
def test_batches_hold_what_the_samples_hold(name, root_of):
    dataset = open_dataset(name, root=root_of(name))
    places = [3, len(dataset) - 1, 0, 2, 1]
    batches = list(dataset.batches(2, places))
    assert [len(labels) for _, labels in batches] == [2, 2, 1]
    pictures = [picture for some, _ in batches for picture in some]
    labels = np.concatenate([labels for _, labels in batches])
    assert labels.dtype == np.int64
    for place, picture, label in zip(places, pictures, labels, strict=True):
        sample = dataset[place]
        assert np.array_equal(picture, sample.picture)
        assert np.array_equal(label, sample.labels[0])
    first = next(dataset.batches(4))
    assert np.array_equal(first[0][3], dataset[3].picture)


@pytest.mark.parametrize("name", TRACKS)
def test_tracks_say_why_they_come_in_no_batches(name, root_of):
    with pytest.raises(ValueError, match=r"differ in length, .* read them one by one, as data\[0\]"):
        open_dataset(name, root=root_of(name)).batches()


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_pictures_of_cifar_come_at_their_size_and_cannot_be_changed(name, root_of):
    dataset = open_dataset(name, root=root_of(name))
    images, labels = everything(dataset)
    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
    assert images.shape == (len(dataset), 32, 32, 3)
    for index, sample in enumerate(dataset):
        assert np.array_equal(sample.picture, images[index])
        assert sample.labels[0] == labels[index]
        assert not sample.picture.flags.writeable


def test_a_folder_is_read_in_class_order_then_by_name(tmp_path):
    dataset = open_dataset("cifar10", root=write_folders(tmp_path))
    assert [sample.name for sample in dataset][2:5] == ["airplane/0002", "cat/0000", "cat/0001"]
    assert everything(dataset)[1].tolist() == [0] * 3 + [3] * 3 + [9] * 3
    assert np.array_equal(everything(dataset)[0][3:6], tiles(1, 3))


def test_a_sheet_is_read_from_left_to_right_then_downwards(tmp_path):
    dataset = open_dataset("cifar10", root=write_sheets(tmp_path))
    assert len(dataset) == 18
    assert np.array_equal(everything(dataset)[0][6:12], tiles(1, 6))
    assert dataset[7].name == "cat/0001"


def test_torchvisions_files_are_read_in_their_order(tmp_path, monkeypatch):
    dataset = open_dataset("cifar10", root=write_official(tmp_path, monkeypatch))
    assert np.array_equal(everything(dataset)[0], tiles(0, 3))
    assert [sample.name for sample in dataset] == ["cat/0000", "airplane/0000", "cat/0001"]
    train = open_dataset("cifar10", "train", tmp_path)
    assert everything(train)[1].tolist() == [9]


def test_an_altered_file_of_torchvision_is_refused_and_not_loaded(tmp_path, monkeypatch):
    root = write_official(tmp_path, monkeypatch)
    marker = tmp_path / "loaded"

    class Trap:
        def __reduce__(self):
            return marker.touch, ()

    media.write_bytes(root / "cifar-10-batches-py" / "test_batch", pickle.dumps(Trap()))
    with pytest.raises(ValueError, match="incomplete or altered"):
        everything(open_dataset("cifar10", root=root))
    assert not marker.exists()


@pytest.mark.parametrize(("classes", "count"), [(CIFAR10, 10), (CIFAR100, 100)])
def test_the_official_classes_are_in_alphabetical_order(classes, count):
    assert len(set(classes)) == count
    assert list(classes) == sorted(classes)


@pytest.mark.parametrize(
    ("name", "split", "sentence"),
    [
        ("cifar11", "test", r"unknown data set 'cifar11'\. Did you mean 'cifar10'\? Choose one of: cifar10, "),
        ("cifar10", "tset", r"unknown split 'tset'\. Did you mean 'test'\? Choose one of: train, test"),
        ("photographs", "train", "unknown split of 'photographs' 'train'"),
        ("cifar10", "test", "no cifar10 in .* download=True"),
    ],
)
def test_a_wrong_name_split_or_place_is_answered_with_the_right_ones(name, split, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        open_dataset(name, split, None if name == "photographs" else tmp_path)


def test_a_class_folder_with_a_wrong_name_is_named(tmp_path):
    write_folders(tmp_path, ("cat", "turck"))
    with pytest.raises(ValueError, match=r"turck' is named like no class .*Did you mean 'truck'\?"):
        open_dataset("cifar10", root=tmp_path)


def test_a_sheet_of_another_size_is_named(tmp_path):
    media.write_bytes(tmp_path / "test" / "cat.png", media.encode_png(np.zeros((32, 33, 3), np.uint8)))
    with pytest.raises(ValueError, match=r"cat\.png' is 33x32; its sides have to be multiples of 32"):
        everything(open_dataset("cifar10", root=tmp_path))


def test_the_shared_sheets_agree_with_the_official_numbers():
    if not SHARED.is_dir():
        pytest.skip(f"the sheets of CIFAR-100 are not in {SHARED}")
    dataset = open_dataset("cifar100", root=SHARED)
    images, labels = everything(dataset)
    assert np.bincount(labels).tolist() == [100] * 100
    assert images.reshape(-1, 3).mean(0) / 255 == pytest.approx([0.5088, 0.4874, 0.4419], abs=0.003)
    assert dataset[5_201].name == f"{CIFAR100[52]}/0001"


def archive_of(root: Path) -> bytes:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(root / "cifar-10-batches-py", "cifar-10-batches-py")
    return buffer.getvalue()


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Offer a small archive under the official address, here a file."""
    data = archive_of(write_official(tmp_path / "server", monkeypatch))
    source = media.write_bytes(tmp_path / "served.tar.gz", data)
    monkeypatch.setattr(official.CIFAR10, "url", source.as_uri())
    monkeypatch.setattr(official.CIFAR10, "tgz_md5", hashlib.md5(data).hexdigest())
    return source


def test_a_download_happens_only_when_asked_and_once(tmp_path, served):
    root = tmp_path / "home"
    with pytest.raises(ValueError, match="download=True"):
        open_dataset("cifar10", root=root)
    assert not root.exists()
    assert len(open_dataset("cifar10", root=root, download=True)) == 3
    served.unlink()
    assert len(open_dataset("cifar10", root=root, download=True)) == 3
    assert [path.name for path in root.iterdir()] == ["cifar-10-batches-py"]


@pytest.mark.usefixtures("served")
def test_a_download_tells_its_progress(tmp_path):
    shares = list(download(DOWNLOADABLE["cifar10"], tmp_path / "home"))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_an_archive_with_another_checksum_is_not_unpacked(tmp_path, served):
    served.write_bytes(served.read_bytes() + b"!")
    with pytest.raises(ValueError, match="sent a file with md5"):
        list(download(DOWNLOADABLE["cifar10"], tmp_path / "home"))
    assert list((tmp_path / "home").iterdir()) == []


def test_a_server_out_of_reach_is_named(tmp_path, served):
    served.unlink()
    with pytest.raises(ValueError, match=r"cannot download file:.*give a 'root' on disk"):
        open_dataset("cifar10", root=tmp_path / "home", download=True)


def test_only_cifar_is_downloaded():
    with pytest.raises(ValueError, match="'scenes' is not downloaded; download=True is for cifar10, cifar100, celeba"):
        open_dataset("scenes", download=True)


def test_the_photographs_show_what_the_nets_know():
    dataset = open_dataset("photographs")
    assert {"motorcycle", "rocket", "cup", "cat", "person"} <= set(dataset.classes)
    assert len({sample.name for sample in dataset}) == len(dataset)
    assert all(dataset.credit(index) for index in range(len(dataset)))


@pytest.mark.parametrize("photograph", PHOTOGRAPHS, ids=lambda photograph: photograph.name)
def test_a_close_view_lies_within_its_photograph(photograph):
    sample = open_dataset("photographs")[PHOTOGRAPHS.index(photograph)]
    if photograph.square:
        assert sample.picture.shape == (photograph.square[2], photograph.square[2], 3)
    assert min(sample.picture.shape[:2]) >= 200


def test_photographs_need_no_folder(tmp_path):
    with pytest.raises(ValueError, match="leave 'root' out"):
        open_dataset("photographs", root=tmp_path)


def test_one_bad_picture_does_not_stop_the_others(tmp_path):
    root = write_folders(tmp_path)
    bad = media.write_bytes(root / "test" / "cat" / "0001.png", b"not a picture")
    (root / "test" / "cat" / "notes.txt").write_text("neither")
    dataset = open_dataset("files", root=root)
    assert list(dataset.skipped) == [bad]
    assert "it holds text" in dataset.skipped[bad]
    assert [sample.name for sample in dataset][3:5] == ["cat/0000", "cat/0002"]
    assert dataset.classes == ("airplane", "cat", "truck")


def test_a_folder_of_pictures_has_no_classes(tmp_path):
    dataset = open_dataset("files", root=write_folders(tmp_path) / "test" / "cat")
    assert dataset.classes == ()
    assert [sample.name for sample in dataset] == ["0000", "0001", "0002"]
    assert dataset[0].labels is None


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(ValueError, match="it holds none of PNG, JPEG"):
        open_dataset("files", root=tmp_path)
    (tmp_path / "a.png").write_text("text")
    with pytest.raises(ValueError, match=r"no picture in .* can be read: 'a\.png' is no picture"):
        open_dataset("files", root=tmp_path)
    with pytest.raises(ValueError, match="is no folder"):
        open_dataset("files", root=tmp_path / "none")
    with pytest.raises(ValueError, match="needs 'root'"):
        open_dataset("files")
