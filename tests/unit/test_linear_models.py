import json
from types import SimpleNamespace

import fit_ica
import fit_pca
import numpy as np
import pytest
from facepatch.errors import InputError
from facepatch.models.array_models import read_arrays
from facepatch.models.embedding import Embedding
from facepatch.models.ica import fit_ica as fit_ica_model
from facepatch.models.pca import fit_pca as fit_pca_model
from facepatch.models.run_inputs import varying
from sklearn.decomposition import PCA


def _data(n_images, n_inputs, rank=12, seed=0):
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((n_images, rank)) * np.linspace(3, 1, rank)
    noise = 0.1 * rng.standard_normal((n_images, n_inputs))
    return (0.5 + factors @ rng.standard_normal((rank, n_inputs)) + noise).astype(np.float32)


@pytest.mark.parametrize("shape", [(60, 200), (200, 60), (60, 9000)])
def test_pca_equals_scikit_learn(shape):
    data = _data(*shape)
    ours = fit_pca_model(data, 10)
    theirs = PCA(10, svd_solver="full").fit(data.astype(np.float64))
    signs = np.sign((ours.components * theirs.components_).sum(axis=1))
    assert ours.components == pytest.approx(theirs.components_ * signs[:, None], abs=1e-8)
    assert ours.variance == pytest.approx(theirs.explained_variance_, rel=1e-10)
    new = _data(7, shape[1], seed=1)
    expected = theirs.transform(new.astype(np.float64)) * signs
    assert ours.transform(new) == pytest.approx(expected, abs=1e-6)
    assert ours.inverse(ours.transform(new)) == pytest.approx(
        theirs.inverse_transform(theirs.transform(new.astype(np.float64))), abs=1e-6
    )


def test_smaller_models_are_prefixes_with_signs_that_depend_on_the_component_alone():
    data = _data(50, 300)
    large, small = fit_pca_model(data, 8), fit_pca_model(data, 3)
    assert large.first(3).components == pytest.approx(small.components, abs=1e-9)
    assert (large.components[range(8), np.abs(large.components).argmax(axis=1)] > 0).all()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (_data(8, 100), "8 components for 8 images"),
        (_data(50, 5), "8 components for 5 numbers per image"),
        (np.full((50, 100), 0.3, np.float32), "identical images"),
        (_data(50, 1)[:, [0] * 100], "images that vary along 1 directions"),
    ],
)
def test_pca_of_too_little_data_is_refused(data, found):
    with pytest.raises(InputError, match=found):
        fit_pca_model(data, 8)


def test_ica_finds_independent_sources():
    rng = np.random.default_rng(0)
    sources = np.stack(
        [rng.laplace(size=3000), rng.uniform(-1, 1, 3000), rng.exponential(size=3000)]
    )
    data = sources.T @ rng.standard_normal((3, 20))
    pca = fit_pca_model(data, 3)
    ica = fit_ica_model(pca, data, np.random.default_rng(1))
    assert ica.converged
    correlation = np.abs(np.corrcoef(sources, ica.transform(data).T)[:3, 3:])
    assert (correlation.max(axis=0) > 0.99).all()
    assert sorted(correlation.argmax(axis=0)) == [0, 1, 2]
    # Principal components of the same data are mixtures: the test can tell.
    mixed = np.abs(np.corrcoef(sources, pca.transform(data).T)[:3, 3:])
    assert mixed.max(axis=0).min() < 0.95
    assert ica.inverse(ica.transform(data)) == pytest.approx(data, abs=1e-8)
    assert ica.transform(data).var(axis=0, ddof=1) == pytest.approx(1)


def test_ica_depends_on_its_seed_alone_and_tells_if_it_did_not_converge():
    data = _data(200, 80)
    pca = fit_pca_model(data, 6)
    first, again, other = (
        fit_ica_model(pca, data, np.random.default_rng(seed), max_iterations=2)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first.components, again.components)
    assert not np.allclose(first.components, other.components)
    assert not first.converged
    assert first.n_iterations == 2


def test_units_vary_only_beyond_the_rounding_of_float32():
    values = np.ones((5, 4))
    values[0, 1] += 1e-8
    values[0, 2] += 1e-3
    values[:, 3] = 0
    assert varying(values).tolist() == [False, False, True, False]


def _run(script, folder, models, **params):
    faces = _data(40, 256, rank=20).reshape(40, 16, 16)
    np.save(folder / "train.npy", faces[:36, :, ::-1])
    np.save(folder / "test.npy", faces[:36])
    np.save(folder / "heldout.npy", faces[36:])
    rows = [f"{k:03d},,{'main' if k < 36 else 'heldout'}" for k in range(40)]
    (folder / "stimuli.csv").write_text("stimulus,image,split\n" + "\n".join(rows) + "\n")
    names = [model["id"] for model in models]
    smk = SimpleNamespace(
        input=SimpleNamespace(
            stimuli=folder / "stimuli.csv",
            **{split: folder / f"{split}.npy" for split in ("train", "test", "heldout")},
        ),
        output=SimpleNamespace(
            weights=[folder / f"{name}.safetensors" for name in names],
            info=[folder / f"{name}.json" for name in names],
            embeddings=[folder / f"{name}.npz" for name in names],
        ),
        params=SimpleNamespace(models=models, **params),
        log=[],
        threads=1,
    )
    script.main(smk)
    return smk.output, faces


def test_the_pca_rule_fits_flipped_images_and_projects_the_originals(tmp_path):
    models = [{"id": "pca-k4", "n_components": 4}, {"id": "pca-k7", "n_components": 7}]
    output, faces = _run(fit_pca, tmp_path, models)
    flat = faces.reshape(40, -1).astype(np.float64)
    expected = PCA(7, svd_solver="full").fit(faces[:36, :, ::-1].reshape(36, -1).astype(np.float64))
    for size, path in zip((4, 7), output.embeddings, strict=True):
        embedding = Embedding.load(path)
        assert embedding.live.tolist() == [True] * size
        assert list(embedding.test_ids[:2]) == ["000", "001"]
        assert list(embedding.heldout_ids) == ["036", "037", "038", "039"]
        for values, rows in ((embedding.test, flat[:36]), (embedding.heldout, flat[36:])):
            coefficients = expected.transform(rows)[:, :size]
            assert np.abs(values) == pytest.approx(np.abs(coefficients), abs=1e-4)
    assert json.loads(output.info[1].read_text())["n_components"] == 7
    assert read_arrays(output.weights[1])["components"].shape == (7, 256)


def test_the_ica_rule_gives_each_model_its_own_start(tmp_path):
    models = [{"id": f"ica-k5-s{k:02d}", "n_components": 5, "seed": k} for k in range(2)]
    params = {"seed": 1, "max_iterations": 400, "tolerance": 1e-4}
    output, _ = _run(fit_ica, tmp_path, models, **params)
    first, second = (Embedding.load(path) for path in output.embeddings)
    assert first.train.std(axis=0) == pytest.approx(1, abs=0.05)
    assert not np.allclose(first.test, second.test)
    before = [path.read_bytes() for path in (*output.weights, *output.embeddings)]
    output, _ = _run(fit_ica, tmp_path, models, **params)
    assert before == [path.read_bytes() for path in (*output.weights, *output.embeddings)]
