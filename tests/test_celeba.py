"""CelebA in its layouts on disk, on folders that the tests write, and what is said where something does not fit."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
from celeba_folders import COUNT, labels, official, part_of

from sqexplain.classes import CELEBA
from sqexplain.data import open_dataset
from sqexplain.data.celeba import Celeba
from sqexplain.data.pictures import PictureFiles
from sqexplain.evaluation.hard_examples import predict_all
from sqexplain.faces import align_face
from sqexplain.media import encode_png
from sqexplain.metrics.attributes import accuracies, aucs
from sqexplain.models import load_model

ARCHIVE = Path(__file__).parents[2] / "shared" / "data" / "celeba10k.tar.xz"


@pytest.mark.parametrize("end", ["txt", "csv"])
@pytest.mark.parametrize("inside", [False, True], ids=["the folder above", "the folder itself"])
def test_the_official_layout_is_read_by_its_partition(tmp_path, end, inside):
    root = official(tmp_path, end)
    root = root / "celeba" if inside else root
    for split, places in {"train": range(24), "validation": range(24, 32), "test": range(32, 40)}.items():
        data = open_dataset("celeba", split, root)
        assert len(data) == len(places)
        assert (data.labels == labels()[list(places)]).all()
        first = data[0]
        assert first.name == f"celeba/{places[0] + 1:06d}"
        assert first.picture[0, 0, 0] == 5 * places[0]
        assert (first.labels == labels()[places[0]]).all()
    assert len(Celeba("all", root)) == COUNT


def test_a_part_without_a_partition_is_split_by_position(tmp_path):
    root = part_of(tmp_path)
    sizes = [len(Celeba(split, root)) for split in ("train", "validation", "test", "all")]
    assert sizes == [32, 2, 6, 40]
    assert Celeba("test", root)[0].name == "celeba/000001"
    assert Celeba("train", root)[0].name == "celeba/000007"


def test_the_order_of_the_columns_does_not_matter(tmp_path):
    turned = Celeba("all", part_of(tmp_path, CELEBA[::-1]))
    assert (turned.labels == labels()).all()


def test_pictures_are_decoded_when_asked_for(tmp_path):
    data = Celeba("all", part_of(tmp_path))
    pictures = data._files
    assert isinstance(pictures, PictureFiles)
    assert pictures.shape == (COUNT, 109, 89, 3)
    assert pictures[np.array([3, 0])][:, 0, 0, 0].tolist() == [15, 0]
    assert pictures[38:][:, 0, 0, 0].tolist() == [190, 195]
    some, truth = next(data.batches(2, [3, 0]))
    assert some[:, 0, 0, 0].tolist() == [15, 0]
    assert truth.tolist() == labels()[[3, 0]].tolist()
    assert data.labels.shape == (COUNT, 40)


def test_pictures_of_different_sizes_are_named(tmp_path):
    root = part_of(tmp_path)
    (root / "images" / "000002.png").write_bytes(encode_png(np.zeros((50, 40, 3), np.uint8)))
    with pytest.raises(ValueError, match=r"000002.png' is 40x50, the first picture 89x109"):
        next(Celeba("all", root).batches(3))


def break_nothing(root):
    (root / "attributes.csv").unlink()


def lose_picture(root):
    (root / "images" / "000007.png").unlink()


def misspell(root):
    text = (root / "attributes.csv").read_text()
    (root / "attributes.csv").write_text(text.replace("Smiling", "Smilling"))


def lack(root):
    lines = [line.rpartition(",")[0] for line in (root / "attributes.csv").read_text().splitlines()]
    (root / "attributes.csv").write_text("\n".join(lines))


def shorten(root):
    text = (root / "attributes.csv").read_text().rstrip()
    (root / "attributes.csv").write_text(text.rpartition(",")[0])


def garble(root):
    text = (root / "attributes.csv").read_text()
    (root / "attributes.csv").write_text(text.replace("000001.png,", "000001.png,7", 1))


def escape(root):
    text = (root / "attributes.csv").read_text()
    (root / "attributes.csv").write_text(text.replace("000001.png", "../attributes.csv"))


def empty(root):
    (root / "attributes.csv").write_text("")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (break_nothing, ["no celeba in", "attributes.csv", "download=True"]),
        (lose_picture, ["'attributes.csv' does not fit the pictures", "1 of the 32", "'000007.png'"]),
        (misspell, ["'Smilling'", "Did you mean 'Smiling'?"]),
        (lack, ["lacks 1 of the 40", "'Young'"]),
        (shorten, ["picture 40", "39 values for 40 attributes"]),
        (garble, ["picture 1", "'70'" if labels()[0, 0] == 0 else "'71'", "1 for yes"]),
        (escape, ["'../attributes.csv'", "without a folder"]),
        (empty, ["no table of attributes"]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_table_that_does_not_fit_is_answered_in_one_sentence(tmp_path, spoil, words):
    root = part_of(tmp_path)
    spoil(root)
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        Celeba("train", root)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_partition_of_another_release_is_refused(tmp_path):
    root = official(tmp_path)
    path = root / "celeba" / "list_eval_partition.txt"
    path.write_text("\n".join(path.read_text().splitlines()[3:]))
    with pytest.raises(ValueError, match=r"3 of its 40 pictures have no part.*'000001.png'"):
        Celeba("train", root)


@pytest.fixture(scope="module")
def real_faces(tmp_path_factory):
    """Return a folder with the first 300 faces of the archive, test faces all of them."""
    if not ARCHIVE.exists():
        pytest.skip("the archive of CelebA faces for development is not here")
    root = tmp_path_factory.mktemp("celeba")
    (root / "images").mkdir()
    table, names = None, []
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:  # read from its start, no further than needed
            if member.name.endswith("attributes.csv"):
                table = archive.extractfile(member).read().decode().splitlines()
            elif member.name.endswith(".jpg") and len(names) < 300:
                names.append(Path(member.name).name)
                (root / "images" / names[-1]).write_bytes(archive.extractfile(member).read())
            if table and len(names) == 300:
                break
    rows = [line for line in table[1:] if line.partition(",")[0] in set(names)]
    (root / "attributes.csv").write_text("\n".join([table[0], *rows]))
    return root


def test_real_faces_are_read(real_faces):
    data = Celeba("all", real_faces)
    assert len(data) == 300
    assert data[0].frames.shape == (1, 109, 89, 3)
    assert 0 < data.labels.mean() < 1


def test_the_net_that_is_shipped_answers_for_faces_it_has_not_seen(real_faces):
    classifier, data = load_model("celeba-attributes"), Celeba("all", real_faces)
    *_, last = predict_all(classifier, data)
    assert accuracies(last.probabilities, last.labels).mean() > 0.885
    assert np.nanmean(aucs(last.probabilities, last.labels)) > 0.89


def test_a_face_from_a_file_of_the_data_set_is_taken_as_it_is(real_faces):
    classifier, data = load_model("celeba-attributes"), Celeba("all", real_faces)
    found = align_face(data[0].picture)
    seen = [classifier.prepare_frames(one[None]).inputs["frames"] for one in (data[0].picture, found.picture)]
    assert found.found == "template"
    assert (seen[0] - seen[1]).abs().mean() < 0.05


@pytest.mark.parametrize("error", [RuntimeError("gdown is missing"), OSError("no route to host")])
def test_a_download_that_fails_says_where_to_get_the_set(monkeypatch, tmp_path, error):
    def fail(*_args, **_options):
        raise error

    monkeypatch.setattr("torchvision.datasets.CelebA", fail)
    with pytest.raises(ValueError, match=rf"cannot be downloaded \({error}\).*gdown.*mmlab.*'root'"):
        open_dataset("celeba", root=tmp_path / "home", download=True)
