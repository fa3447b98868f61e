"""Weights files, good and bad, and the ImageNet models they are for."""

import io
import pickle
import tarfile
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from sqexplain.gates.insertion import insert_se
from sqexplain.models import load_model
from sqexplain.models.checkpoint import load_state, read_checkpoint
from sqexplain.models.imagenet import IMAGENET, TABLE, build, load_weights
from sqexplain.sample import from_bytes

SHARED = Path(__file__).parents[2] / "shared" / "data"
PHOTOGRAPHS, MOBILENET = SHARED / "imagenet_samples.tar", SHARED / "weights" / "mobilenet_v2_imagenet.npz"


def tiny(classes=3):
    torch.manual_seed(classes)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, classes)
    )


STATE = tiny().state_dict()
WRITERS = {
    "weights.safetensors": lambda state, path: save_file(state, path, metadata={"model": "tiny"}),
    "weights.pth": torch.save,
    "legacy.pth": lambda state, path: torch.save(state, path, _use_new_zipfile_serialization=False),
    "weights.npz": lambda state, path: np.savez(path, **{key: value.numpy() for key, value in state.items()}),
    "wrapped.pth": lambda state, path: torch.save({"epoch": 3, "state_dict": state}, path),
    "parallel.pth": lambda state, path: torch.save({f"module.{key}": value for key, value in state.items()}, path),
    "named by mistake.npz": torch.save,
}


@pytest.fixture(params=WRITERS)
def written(request, tmp_path):
    path = tmp_path / request.param
    WRITERS[request.param](STATE, path)
    return path


def test_every_format_gives_the_same_weights(written):
    state, metadata = read_checkpoint(written)
    assert state.keys() == STATE.keys()
    assert all(torch.equal(state[key], STATE[key]) for key in STATE)
    assert metadata == ({"model": "tiny"} if written.suffix == ".safetensors" else {})
    net = tiny()
    nn.init.zeros_(net[0].weight)
    load_state(net, state, written)
    assert torch.equal(net[0].weight, STATE["0.weight"])


@pytest.mark.parametrize("share", [0.0, 0.002, 0.3, 0.9, 0.99])
def test_a_truncated_file_is_refused(written, share):
    data = written.read_bytes()
    written.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ValueError, match="is damaged or truncated|is no checkpoint|is damaged, and is not opened"):
        read_checkpoint(written)


@pytest.mark.parametrize(
    "data", [b"", b"hello, this is a text", b"\x89PNG\r\n\x1a\n" + bytes(99), bytes(100), b"PK\x03\x04" + bytes(99)]
)
def test_what_is_no_checkpoint_is_refused(tmp_path, data):
    path = tmp_path / "weights.pth"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"weights.pth' is (no checkpoint|damaged)"):
        read_checkpoint(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "nowhere.pth", tmp_path):
        with pytest.raises(ValueError, match="there is no weights file"):
            read_checkpoint(path)


class Trap:
    """Runs code when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("save", [torch.save, lambda trap, path: path.write_bytes(pickle.dumps(trap, 2))])
def test_a_pickle_with_code_is_refused_and_its_code_does_not_run(tmp_path, save):
    path, touched = tmp_path / "trap.pth", tmp_path / "touched"
    save({"0.weight": Trap(touched)}, path)
    with pytest.raises(ValueError, match="a pickle can run code"):
        read_checkpoint(path)
    assert not touched.exists()


def test_an_array_of_objects_is_refused(tmp_path):
    path, touched = tmp_path / "trap.npz", tmp_path / "touched"
    np.savez(path, weight=np.array([Trap(touched)], dtype=object))
    with pytest.raises(ValueError, match="is damaged or truncated|no checkpoint|named weights"):
        read_checkpoint(path)
    assert not touched.exists()


def test_a_whole_net_is_refused_with_the_remedy(tmp_path):
    torch.save(tiny(), tmp_path / "net.pth")
    with pytest.raises(ValueError, match=r"Save net.state_dict\(\)"):
        read_checkpoint(tmp_path / "net.pth")


@pytest.mark.parametrize("payload", [{}, [torch.ones(2)], {"epoch": 3}, {"state_dict": {"a": 1}}, {1: torch.ones(1)}])
def test_a_file_without_named_weights_is_refused(tmp_path, payload):
    torch.save(payload, tmp_path / "other.pth")
    with pytest.raises(ValueError, match="holds no named weights"):
        read_checkpoint(tmp_path / "other.pth")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused_by_name(tmp_path, value):
    state = {key: weight.clone() for key, weight in STATE.items()}
    state["4.bias"][1] = value
    save_file(state, tmp_path / "bad.safetensors")
    with pytest.raises(ValueError, match="NaN or infinite values in '4.bias'"):
        read_checkpoint(tmp_path / "bad.safetensors")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (tiny(5).state_dict(), r"4.weight \(5, 8\) instead of \(3, 8\), 4.bias \(5,\) instead of \(3,\)"),
        ({"fc.weight": torch.ones(2)}, r"lacks 0.weight, 0.bias, 1.weight, ... and .* more. The net has no fc.weight"),
        ({**STATE, "5.bias": torch.ones(2)}, "The net has no 5.bias"),
        ({key: value for key, value in STATE.items() if key != "4.bias"}, "it lacks 4.bias"),
    ],
    ids=["shapes", "names", "too much", "too little"],
)
def test_weights_of_another_net_are_refused_and_the_net_keeps_its_own(other, words):
    net = tiny()
    nn.init.ones_(net[0].weight)
    before = {key: value.clone() for key, value in net.state_dict().items()}
    with pytest.raises(ValueError, match=f"'x.pth' is of another net:.*{words}"):
        load_state(net, other, "x.pth")
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())


def test_a_block_alone_can_be_loaded_but_not_half_of_one_nor_another_kind():
    picture = torch.randn(1, 3, 16, 16)
    sparse = insert_se(tiny(), block="sparse", example=picture)
    block = {key: torch.ones_like(value) for key, value in sparse.state_dict().items() if "squeeze_excite" in key}
    load_state(sparse, block, "block.pth", partly=True)
    assert sparse[1].squeeze_excite.trained
    assert (sparse[1].squeeze_excite.expand.bias == 1).all()
    with pytest.raises(ValueError, match="it lacks 0.weight"):
        load_state(sparse, block, "block.pth")
    del block["1.squeeze_excite.expand.bias"]
    with pytest.raises(ValueError, match="is of another block: it lacks 1.squeeze_excite.expand.bias"):
        load_state(sparse, block, "block.pth", partly=True)
    paper = insert_se(tiny(), block="paper", example=picture)
    paper_block = {key: value for key, value in paper.state_dict().items() if "reduce" not in key}
    with pytest.raises(ValueError, match="is of another"):
        load_state(sparse, paper_block, "block.pth", partly=True)


# ------------------------------------------------------------------------------------------------ ImageNet by name


@pytest.mark.parametrize("name", TABLE)
def test_every_row_says_what_torchvision_says_of_its_weights(name):
    from torchvision.models import get_model_weights

    spec, weights = IMAGENET[name], get_model_weights(name)[TABLE[name][3]]
    transforms = weights.transforms()
    assert ([spec.size], [spec.resize]) == (transforms.crop_size, transforms.resize_size)
    assert (list(spec.mean), list(spec.std)) == (transforms.mean, transforms.std)
    assert list(spec.classes) == weights.meta["categories"]
    assert spec.name == name
    assert spec.paper.startswith("https://")


@pytest.mark.parametrize("name", ["mnasnet0_5", "densenet121", "googlenet"])
def test_weights_survive_a_file_without_torchs_marks(name, tmp_path):
    net = build(name)
    save_file(net.state_dict(), tmp_path / "w.safetensors")
    other = build(name)
    load_weights(other, IMAGENET[name], tmp_path / "w.safetensors")
    assert all(torch.equal(value, net.state_dict()[key]) for key, value in other.state_dict().items())


def test_the_published_names_of_densenet_are_understood():
    net = build("densenet121")
    old = {}
    for key, value in net.state_dict().items():
        for part in ("norm", "relu", "conv"):
            for number in "12":
                if "denselayer" in key:
                    key = key.replace(f".{part}{number}.", f".{part}.{number}.")
        old[key] = torch.ones_like(value)
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    load_state(net, old, "densenet.pth")
    assert (net.features.denseblock4.denselayer16.conv2.weight == 1).all()


def test_without_a_network_the_address_of_the_weights_is_named(monkeypatch):
    def no_network(*_, **__):
        raise URLError("no route to host")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", no_network)
    with pytest.raises(ValueError, match=r"no route to host.*fetch https://.*resnet18-\w+.pth elsewhere.*'weights'"):
        load_model("resnet18", device="cpu")


def test_the_download_is_checked_shown_and_free_of_code(monkeypatch):
    asked = {}

    def served(url, **options):
        asked.update(options, url=url)
        return build("squeezenet1_1").state_dict()

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", served)
    load_model("squeezenet1_1", device="cpu")
    assert asked.pop("url").endswith(".pth")
    assert asked == {"progress": True, "check_hash": True, "weights_only": True}


def test_a_model_that_torchvision_does_not_serve_asks_for_a_file():
    with pytest.raises(ValueError, match="'mobilenet_v2_tf' are not published .* give a file as 'weights'"):
        load_model("mobilenet_v2_tf")


def test_right_padding_adds_a_row_and_a_column():
    net = IMAGENET["mobilenet_v2_tf"].build().eval()
    first = net.features[0][0]
    nn.init.zeros_(first.weight)
    first.weight.data[:, :, 2, 2] = 1  # reads the pixel two to the right and two below: beyond the edge it finds 0
    picture = torch.ones(1, 3, 8, 8)
    assert first(picture)[0, 0].tolist() == [[3, 3, 3, 0]] * 3 + [[0, 0, 0, 0]]


@pytest.mark.skipif(not PHOTOGRAPHS.exists(), reason="needs the photographs and weights of ../shared/data")
def test_a_mobilenet_from_a_file_names_most_photographs():
    classifier = load_model("mobilenet_v2_tf", weights=MOBILENET, device="cpu")
    right = 0
    with tarfile.open(PHOTOGRAPHS) as archive:
        members = sorted((member for member in archive if member.name.endswith(".JPEG")), key=lambda m: m.name)[::10]
        for member in members:
            sample = from_bytes(io.BytesIO(archive.extractfile(member).read()).getvalue(), member.name)
            with torch.no_grad():
                index = classifier.net(classifier.prepare(sample).inputs["frames"]).argmax().item()
            expected = Path(member.name).stem.split("_", 1)[1].replace("_", " ").lower()
            right += classifier.classes[index].lower() == expected
    assert len(members) == 40
    assert right >= 32
