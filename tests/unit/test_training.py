import numpy as np
import pytest
from facepatch.errors import InputError
from facepatch.models.architecture import Architecture
from facepatch.training import trainer as training
from facepatch.training.torch_engine import TorchEngine
from facepatch.training.trainer import TrainingSpec, TrainingStoppedError, train

IMAGES = np.random.default_rng(0).random((24, 16, 16)).astype(np.float32)


def _spec(family="beta_vae", **changes):
    n_classes = len(IMAGES) if family == "classifier" else 0
    architecture = Architecture(family, 16, latents=4, hidden=16, n_classes=n_classes)
    values = {"seed": 1, "steps": 40, "batch_size": 8, "learning_rate": 1e-3, "snapshots": (0.5,)}
    return TrainingSpec("model", architecture=architecture, **values | changes)


def _labels(family):
    return np.arange(len(IMAGES)) if family == "classifier" else None


def _assert_same(first, second):
    for name, weight in first.items():
        np.testing.assert_array_equal(weight, second[name])


class StopAfter:
    """Say stop when asked for the n-th time."""

    def __init__(self, n):
        self.left = n

    def __call__(self):
        self.left -= 1
        return self.left <= 0


@pytest.mark.parametrize("family", ["beta_vae", "ae", "classifier"])
def test_stopping_again_and_again_changes_no_bit(family, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "MAX_CHUNK", 3)
    whole = train([_spec(family)], IMAGES, labels=_labels(family))[0]
    checkpoint = tmp_path / "checkpoint.safetensors"
    stops = 0
    while True:
        try:
            pieces = train(
                [_spec(family)],
                IMAGES,
                labels=_labels(family),
                checkpoint=checkpoint,
                stop=StopAfter(4),
            )[0]
            break
        except TrainingStoppedError:
            stops += 1
    assert stops >= 3
    _assert_same(whole.weights, pieces.weights)
    _assert_same(whole.snapshots[0.5], pieces.snapshots[0.5])
    for column in ("step", "loss", "reconstruction", "kl", "n_live"):
        np.testing.assert_array_equal(whole.curve[column], pieces.curve[column])


def test_how_steps_are_grouped_changes_no_bit(monkeypatch):
    whole = train([_spec()], IMAGES)[0]
    monkeypatch.setattr(training, "MAX_CHUNK", 1)
    single = train([_spec()], IMAGES)[0]
    _assert_same(whole.weights, single.weights)
    np.testing.assert_array_equal(whole.curve["loss"], single.curve["loss"])


def test_an_ensemble_trains_each_model_as_alone():
    specs = [_spec(seed=seed, beta=beta) for seed, beta in ((1, 0.5), (2, 4.0))]
    together = train(specs, IMAGES)
    for spec, model in zip(specs, together, strict=True):
        alone = train([spec], IMAGES)[0]
        np.testing.assert_allclose(model.curve["loss"], alone.curve["loss"], rtol=1e-5)
    assert not np.allclose(together[0].curve["kl"], together[1].curve["kl"], rtol=0.1)


def test_a_finished_checkpoint_gives_the_result_at_once(tmp_path, monkeypatch):
    checkpoint = tmp_path / "checkpoint.safetensors"
    first = train([_spec()], IMAGES, checkpoint=checkpoint)[0]
    monkeypatch.setattr(TorchEngine, "advance", None)
    again = train([_spec()], IMAGES, checkpoint=checkpoint)[0]
    _assert_same(first.weights, again.weights)


@pytest.mark.parametrize(
    "change",
    [{"beta": 2.0}, {"seed": 2}, {"learning_rate": 2e-3}, {"batch_size": 4}, "images", "code"],
)
def test_a_checkpoint_of_other_work_is_not_continued(change, tmp_path, capsys):
    checkpoint = tmp_path / "checkpoint.safetensors"
    with pytest.raises(TrainingStoppedError):
        train([_spec()], IMAGES, checkpoint=checkpoint, stop=StopAfter(2))
    spec = _spec(**change) if isinstance(change, dict) else _spec()
    images = IMAGES[::-1].copy() if change == "images" else IMAGES
    code = "other" if change == "code" else ""
    resumed = train([spec], images, checkpoint=checkpoint, code=code)[0]
    assert "other settings or data" in capsys.readouterr().out
    _assert_same(train([spec], images)[0].weights, resumed.weights)


def test_checkpoints_are_written_on_time(tmp_path, monkeypatch):
    saved = []
    monkeypatch.setattr(
        training, "save_checkpoint", lambda path, key, step, groups: saved.append(step)
    )
    monkeypatch.setattr(training, "MAX_CHUNK", 4)
    train([_spec()], IMAGES, checkpoint=tmp_path / "c.safetensors", checkpoint_seconds=0.0)
    assert len(saved) >= 10
    assert saved[-1] == 40
    saved.clear()
    train([_spec()], IMAGES, checkpoint=tmp_path / "c.safetensors", checkpoint_seconds=1e6)
    assert saved == [40]


def test_the_snapshot_is_what_a_shorter_training_gives():
    whole = train([_spec()], IMAGES)[0]
    _assert_same(train([_spec(steps=20, snapshots=())], IMAGES)[0].weights, whole.snapshots[0.5])


def test_learning_reduces_the_loss_and_is_recorded():
    blocks = np.kron(np.random.default_rng(1).random((24, 2, 2)), np.ones((8, 8)))
    images = np.round(blocks).astype(np.float32)
    model = train([_spec(steps=500)], images)[0]
    curve = model.curve
    assert list(curve["step"]) == [*range(3, 500, 3), 500]
    assert curve["loss"][-20:].mean() < 0.8 * curve["loss"][:20].mean()
    np.testing.assert_allclose(curve["loss"], curve["reconstruction"] + curve["kl"], rtol=1e-6)
    assert set(curve["n_live"]) <= set(range(5))
    assert curve["n_live"][-1] >= 1


def test_a_loss_that_explodes_names_model_step_and_remedy():
    with pytest.raises(InputError, match=r"of model, step \d+: found a loss of .*Lower the"):
        train([_spec(learning_rate=1e6, steps=200)], IMAGES)


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(ValueError, match="may differ in model, seed and beta"):
        train([_spec(), _spec(steps=41)], IMAGES)
    with pytest.raises(ValueError, match="float32"):
        train([_spec()], IMAGES.astype(np.float64))
    with pytest.raises(ValueError, match="labels belong"):
        train([_spec()], IMAGES, labels=np.arange(24))
    with pytest.raises(ValueError, match="labels outside"):
        train([_spec("classifier")], IMAGES, labels=np.arange(1, 25))
