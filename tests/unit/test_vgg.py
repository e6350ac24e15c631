import hashlib
import json
import pickle
from types import SimpleNamespace

import draw_vgg_units
import embed_vgg
import fit_vgg_pca
import numpy as np
import pytest
import torch
from facepatch.errors import InputError
from facepatch.models.embedding import Embedding
from facepatch.models.vgg import IDENTITIES, Vgg16, fc7_embedding, from_state, random_vgg
from facepatch.models.vgg_units import fc7_components, fc7_subset
from facepatch.models.vgg_weights import canonical_names, read_weights
from safetensors.torch import save_file
from sklearn.decomposition import PCA
from torch import nn

SIZE = 32
PLACES = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)


@pytest.fixture(scope="module")
def network():
    return random_vgg(SIZE, np.random.default_rng(0))


def _images(n, size=SIZE, seed=0):
    return np.random.default_rng(seed).random((n, size, size), np.float32)


def _sequential():
    """Write VGG-16 down as one sequence, the way textbooks do."""
    layers, channels = [], 3
    plan = [64, 64, "M", 128, 128, "M", *[256] * 3, "M", *[512] * 3, "M", *[512] * 3, "M"]
    for width in plan:
        if width == "M":
            layers.append(nn.MaxPool2d(2, 2))
        else:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
    layers += [nn.Flatten(), nn.Linear(512, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU()]
    return nn.Sequential(*layers)


def test_units_equal_those_of_the_textbook_network(network):
    reference = _sequential()
    with torch.no_grad():
        ours = [part for name, part in network.state_dict().items() if not name.startswith("fc8")]
        for parameter, value in zip(reference.parameters(), ours, strict=True):
            parameter.copy_(value)
        images = _images(3)
        grey = torch.from_numpy(images * 255 - 109.18)
        expected = reference(torch.stack([grey] * 3, dim=1)).numpy()
    assert expected.std() > 1
    assert network.embed(images, batch_size=2) == pytest.approx(expected, rel=1e-4, abs=1e-2)


def test_the_head_has_the_identities_of_vgg_face(network):
    assert network.fc8.weight.shape == (IDENTITIES, 4096)
    with torch.device("meta"):
        assert Vgg16(224).fc6.weight.shape == (4096, 25088)


def test_random_weights_depend_on_the_seed_and_keep_the_size_of_activations(network):
    again = random_vgg(SIZE, np.random.default_rng(0))
    other = random_vgg(SIZE, np.random.default_rng(1))
    assert torch.equal(network.fc7.weight, again.fc7.weight)
    assert not torch.equal(network.fc7.weight, other.fc7.weight)
    units = network.embed(_images(8))
    assert 10 < units.std() < 300
    assert 0.2 < (units > 0).mean() < 0.8


def test_images_of_another_size_are_resized(network):
    small = _images(2, 16)
    large = np.kron(small, np.ones((1, 4, 4), np.float32))
    assert network.embed(large).shape == (2, 4096)
    assert network.embed(np.full((1, 64, 64), 0.7)) == pytest.approx(
        network.embed(np.full((1, SIZE, SIZE), 0.7)), rel=1e-3, abs=1e-2
    )


def _named(state, style):
    """Give a state dict the names of a published conversion."""
    convolutions = [name for name in state if name.startswith("conv")]
    names = {}
    for index, name in enumerate(convolutions):
        layer, kind = name.split(".")
        block, place = layer.removeprefix("conv").split("_")
        number = PLACES[index // 2]
        names[name] = {
            "caffe": name,
            "torch7": f"conv_{block}_{place}.{kind}",
            "sequence": f"{number}.{kind}",
            "torchvision": f"module.features.{number}.{kind}",
        }[style]
    dense = {"fc6": ("32.1", 0), "fc7": ("35.1", 3), "fc8": ("38.1", 6)}
    for layer, (number, place) in dense.items():
        for kind in ("weight", "bias"):
            names[f"{layer}.{kind}"] = {
                "caffe": f"{layer}.{kind}",
                "torch7": f"{layer}.{kind}",
                "sequence": f"{number}.{kind}",
                "torchvision": f"module.classifier.{place}.{kind}",
            }[style]
    return {names[name]: tensor for name, tensor in state.items()}


@pytest.mark.parametrize("style", ["caffe", "torch7", "sequence", "torchvision"])
def test_names_of_published_conversions_are_understood(network, style):
    state = network.state_dict()
    renamed = _named(state, style)
    renamed["features.99.weight"] = torch.zeros(1)
    renamed["meta"] = torch.zeros(1)
    found = canonical_names(renamed)
    assert found.keys() == state.keys()
    assert all(found[name] is renamed_tensor for name, renamed_tensor in state.items())


def _save(path, state):
    (save_file if path.suffix == ".safetensors" else torch.save)(state, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["vgg_face.safetensors", "vgg_face.pth"])
def test_weights_make_the_way_through_a_file(network, tmp_path, name):
    path = tmp_path / name
    state = {n: tensor.contiguous() for n, tensor in network.state_dict().items()}
    # Fully connected layers of Caffe conversions may be stored as convolutions.
    state["fc6.weight"] = state["fc6.weight"].reshape(4096, 512, 1, 1)
    digest = _save(path, state if name.endswith("safetensors") else {"state_dict": state})
    loaded = from_state(read_weights(path, digest.upper()), SIZE, str(path))
    images = _images(2)
    assert np.array_equal(loaded.embed(images), network.embed(images))


@pytest.mark.parametrize(
    ("edit", "size", "found"),
    [
        (lambda s: s.pop("conv3_2.bias"), SIZE, "first 'conv3_2.bias'"),
        (lambda s: s.clear(), SIZE, "no tensor for 32 of 32"),
        (lambda s: s.update({"fc8.weight": torch.zeros(1000, 4096)}), SIZE, r"\(1000, 4096\)"),
        (lambda s: s["fc7.bias"].__setitem__(3, float("nan")), SIZE, "NaN or infinity in fc7.bias"),
        (lambda s: s.update({"fc6.weight": torch.zeros(4096, 25088)}), 64, "image_size to 224"),
    ],
)
def test_weights_of_another_network_are_refused(network, edit, size, found):
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    edit(state)
    with pytest.raises(InputError, match=found):
        from_state(state, size, "vgg_face.pth")


class _Trap:
    """An object whose unpickling would write a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_unreadable_weights_are_refused_and_never_run(tmp_path):
    with pytest.raises(InputError, match=r"no such file.*data/README\.md"):
        read_weights(tmp_path / "missing.pth", "0" * 64)
    path = tmp_path / "vgg_face.pth"
    torch.save({"conv1_1.bias": torch.zeros(3)}, path)
    with pytest.raises(InputError, match=r"SHA-256 [0-9a-f]{64}, expected 0{64}"):
        read_weights(path, "0" * 64)
    cases = {
        "cut.pth": path.read_bytes()[:-200],
        "cut.safetensors": b"\x10\0\0\0\0\0\0\0{broken",
        "empty.pth": b"",
        "text.pth": b"<html>not found</html>",
        "trap.pth": pickle.dumps({"conv1_1.bias": _Trap(tmp_path / "ran")}, protocol=2),
    }
    for name, content in cases.items():
        bad = tmp_path / name
        bad.write_bytes(content)
        with pytest.raises(InputError, match=f"{name}: found a file that cannot be read"):
            read_weights(bad, hashlib.sha256(content).hexdigest())
    torch.save([1, 2], path)
    with pytest.raises(InputError, match="it holds a list"):
        read_weights(path, hashlib.sha256(path.read_bytes()).hexdigest())
    assert not (tmp_path / "ran").exists()


def _layer(n_units=40, n_silent=10, trained=False):
    values = np.random.default_rng(0).random((35, n_units), np.float32)
    values[:, :n_silent] = 0
    ids = [f"m{k}" for k in range(30)], [f"h{k}" for k in range(5)]
    return fc7_embedding(values[:30], values[30:], ids, trained=trained)


def test_subsets_are_drawn_from_units_that_vary():
    layer = _layer()
    subset = fc7_subset(layer, 30, np.random.default_rng(0), where="vgg_raw-u30-s00")
    assert list(subset.units) == list(layer.units[10:])
    assert subset.live.all()
    few = fc7_subset(layer, 5, np.random.default_rng(0), where="vgg_raw-u5-s00")
    places = [list(layer.units).index(unit) for unit in few.units]
    assert np.array_equal(few.heldout, layer.heldout[:, places])
    assert fc7_subset(layer, 40, np.random.default_rng(0), where="vgg_raw-all") is layer
    with pytest.raises(InputError, match="30 units of fc7 that vary"):
        fc7_subset(layer, 31, np.random.default_rng(0), where="vgg_raw-u31-s00")


def test_components_are_those_of_the_original_main_images():
    layer = _layer()
    ours = fc7_components(layer, 5)
    theirs = PCA(5, svd_solver="full").fit(layer.test.astype(np.float64))
    assert ours.variance == pytest.approx(theirs.explained_variance_, rel=1e-6)
    with pytest.raises(InputError, match="30 components for 30 images"):
        fc7_components(layer, 30)


def _run_vgg(folder, weights="", sha256=""):
    images = _images(14, 16)
    np.save(folder / "test.npy", images[:12])
    np.save(folder / "heldout.npy", images[12:])
    rows = [f"{k:03d},,{'main' if k < 12 else 'heldout'}" for k in range(14)]
    (folder / "stimuli.csv").write_text("stimulus,image,split\n" + "\n".join(rows) + "\n")
    embed_vgg.main(
        SimpleNamespace(
            input=SimpleNamespace(
                **{split: folder / f"{split}.npy" for split in ("test", "heldout")},
                stimuli=folder / "stimuli.csv",
            ),
            output=SimpleNamespace(features=folder / "fc7.npz", info=folder / "fc7.json"),
            params=SimpleNamespace(weights=weights, sha256=sha256, image_size=SIZE, seed=1),
            log=[],
            threads=torch.get_num_threads(),
        )
    )
    models = [{"id": "vgg_raw-u20-s00", "units": 20}, {"id": "vgg_raw-all", "units": 4096}]
    raw = [folder / f"{model['id']}.npz" for model in models]
    draw_vgg_units.main(
        SimpleNamespace(
            input=SimpleNamespace(features=folder / "fc7.npz"),
            output=SimpleNamespace(embeddings=raw),
            params=SimpleNamespace(models=models, seed=1),
            log=[],
        )
    )
    models = [{"id": "vgg_pca-k3", "n_components": 3}]
    output = {
        name: [folder / f"vgg_pca-k3.{suffix}"]
        for name, suffix in (("weights", "safetensors"), ("info", "json"), ("embeddings", "npz"))
    }
    fit_vgg_pca.main(
        SimpleNamespace(
            input=SimpleNamespace(features=folder / "fc7.npz"),
            output=SimpleNamespace(**output),
            params=SimpleNamespace(models=models),
            log=[],
        )
    )
    return [Embedding.load(path) for path in (*raw, *output["embeddings"])]


def test_random_weights_are_marked_in_every_file(tmp_path):
    embeddings = _run_vgg(tmp_path)
    assert [bool(embedding.extra["trained"]) for embedding in embeddings] == [False] * 3
    assert [len(embedding.units) for embedding in embeddings] == [20, 4096, 3]
    assert all(embedding.heldout.shape[0] == 2 for embedding in embeddings)
    assert json.loads((tmp_path / "fc7.json").read_text())["trained"] is False
    assert json.loads((tmp_path / "vgg_pca-k3.json").read_text())["trained"] is False


def test_given_weights_are_used_and_marked(tmp_path, network):
    state = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    digest = _save(tmp_path / "vgg_face.safetensors", state)
    embeddings = _run_vgg(tmp_path, str(tmp_path / "vgg_face.safetensors"), digest)
    assert all(bool(embedding.extra["trained"]) for embedding in embeddings)
    assert embeddings[1].test == pytest.approx(network.embed(_images(14, 16)[:12]), rel=1e-5)
    assert json.loads((tmp_path / "fc7.json").read_text())["sha256"] == digest
