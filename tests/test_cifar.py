"""CIFAR is the same from each of its layouts, and it is downloaded only when asked, once and unaltered."""

import hashlib
import pickle
import tarfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from cifar_folders import everything, tiles, write_folders, write_official, write_sheets
from torchvision import datasets as official

from sqexplain import media
from sqexplain.classes import CIFAR10, CIFAR100
from sqexplain.data import DOWNLOADABLE, open_dataset
from sqexplain.data.download import download

SHARED = Path(__file__).parents[2] / "shared" / "data" / "cifar100"


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
