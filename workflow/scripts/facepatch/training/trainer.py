"""Training of K networks of one family: schedule, checkpoints, curves, whatever the engine.

The networks, losses and optimiser are those of paper_spec 2.1 and 2.2. Initial
weights, data order and noise come from streams of the model's seed
(`facepatch.models.architecture`, `facepatch.training.streams`); an engine only turns them into
steps. A checkpoint therefore holds nothing but weights, Adam's moments, the step
and the curves, and a resumed training ends in the same bits.
"""

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field

import numpy as np

from facepatch.errors import InputError
from facepatch.models.architecture import Architecture, initial_weights, parameter_shapes
from facepatch.progress import Progress
from facepatch.training.checkpoints import load_checkpoint, save_checkpoint
from facepatch.training.engine_state import EngineState
from facepatch.training.engines import ENGINES
from facepatch.training.learning_curves import LearningCurves
from facepatch.training.streams import BatchOrder, PosteriorNoise, Translations

__all__ = ["TrainedModel", "TrainingSpec", "TrainingStoppedError", "train"]

SECONDS_PER_CHUNK = 0.25
MAX_CHUNK = 64


class TrainingStoppedError(Exception):
    """The training was asked to stop; its checkpoint is on disk."""


@dataclass(frozen=True)
class TrainingSpec:
    """One model to train.

    Attributes
    ----------
    model : str
        The model's id.
    seed : int
        Seed of its initial weights, data order, noise and translations.
    architecture : Architecture
    steps, batch_size : int
    learning_rate : float
    beta : float
        Weight of the divergence in the loss of a beta-VAE; 1 for a VAE.
    translation_px : int
        Reach of the classifier's random translations in pixels.
    snapshots : tuple of float
        Fractions of the schedule in (0, 1) at which to keep the weights as well.
    """

    model: str
    seed: int
    architecture: Architecture
    steps: int
    batch_size: int = 16
    learning_rate: float = 1e-4
    beta: float = 1.0
    translation_px: int = 5
    snapshots: tuple = ()

    def snapshot_step(self, fraction):
        """Return the step at which the snapshot of a fraction is taken."""
        return max(1, round(fraction * self.steps))


@dataclass(frozen=True)
class TrainedModel:
    """What a training comes to.

    Attributes
    ----------
    spec : TrainingSpec
    weights : dict of str to float32 array
    curve : dict of str to array
        Columns of the learning curve, see `LearningCurves.table`.
    snapshots : dict of float to weights
        One set of weights per fraction of the schedule that the spec names.
    """

    spec: TrainingSpec
    weights: dict
    curve: dict
    snapshots: dict = field(default_factory=dict)


def train(
    specs,
    images,
    *,
    labels=None,
    engine="torch",
    device="cpu",
    precision="float32",
    checkpoint=None,
    checkpoint_seconds=60.0,
    code="",
    stop=None,
):
    """Train models of one architecture and schedule side by side.

    Parameters
    ----------
    specs : list of TrainingSpec
        They may differ in model, seed and beta only.
    images : float32 array of shape (n_images, size, size)
        Training images, grey values in [0, 1].
    labels : int array of shape (n_images,), or None
        Class of each image, for the classifier.
    engine : str
        A key of `facepatch.training.engines.ENGINES`.
    device, precision : str
        As `facepatch.training.devices` chooses them.
    checkpoint : path, or None
        Where to keep the state; a checkpoint of the very same work found there is continued.
        It is left there at the end, complete.
    checkpoint_seconds : float
        Seconds between two checkpoints.
    code : str
        Hash of the code, if a checkpoint of other code must not be continued.
    stop : callable returning bool, or None
        Asked a few times a second; when true the state is saved and the training ends.

    Returns
    -------
    models : list of TrainedModel

    Raises
    ------
    InputError
        If a loss stops being finite.
    TrainingStoppedError
        If `stop` said so.
    """
    _check(specs, images, labels)
    key = _key(specs, images, labels, ENGINES[engine].identity(device, precision), code)
    run = _Run(specs, images, labels, engine, device, precision, checkpoint, key)
    if run.step:
        print(f"{_name(specs)}: continues at step {run.step}, from {checkpoint}", flush=True)
    progress = Progress(_name(specs), specs[0].steps, done=run.step)
    saved = time.monotonic()
    while run.step < specs[0].steps:
        run.advance()
        progress.update(run.step, run.detail(), final=run.step == specs[0].steps)
        stopped = stop is not None and stop()
        done = run.step == specs[0].steps
        if checkpoint and (stopped or done or time.monotonic() - saved >= checkpoint_seconds):
            run.save()
            saved = time.monotonic()
        if stopped and not done:
            raise TrainingStoppedError(f"{_name(specs)}: stopped after {run.step} steps")
    return run.results()


def _name(specs):
    return specs[0].model + (f" and {len(specs) - 1} more" if len(specs) > 1 else "")


def _check(specs, images, labels):
    first = specs[0]
    for spec in specs[1:]:
        if {**asdict(spec), "model": 0, "seed": 0, "beta": 0} != {
            **asdict(first),
            "model": 0,
            "seed": 0,
            "beta": 0,
        }:
            raise ValueError("models trained together may differ in model, seed and beta only")
    size = first.architecture.image_size
    if images.ndim != 3 or images.shape[1:] != (size, size) or images.dtype != np.float32:
        raise ValueError(
            f"images are {images.dtype} {images.shape}, not float32 (n, {size}, {size})"
        )
    if (labels is None) == (first.architecture.family == "classifier"):
        raise ValueError("labels belong to the classifier, and only to it")
    if (
        labels is not None
        and not 0 <= np.min(labels) <= np.max(labels) < first.architecture.n_classes
    ):
        raise ValueError(f"labels outside 0 ... {first.architecture.n_classes - 1}")


def _key(specs, images, labels, identity, code):
    """Hash everything that shapes the result."""
    digest = hashlib.sha256(np.ascontiguousarray(images))
    if labels is not None:
        digest.update(np.ascontiguousarray(labels, np.int64))
    content = {"specs": [asdict(spec) for spec in specs], "engine": identity, "code": code}
    digest.update(json.dumps(content, sort_keys=True).encode())
    return digest.hexdigest()


class _Run:
    """The state of a training and how it moves on by a chunk of steps."""

    def __init__(self, specs, images, labels, engine, device, precision, checkpoint, key):
        self.specs, self.checkpoint, self.key = specs, checkpoint, key
        spec, architecture = specs[0], specs[0].architecture
        self.step, saved = load_checkpoint(checkpoint, key) if checkpoint else (0, None)
        names = parameter_shapes(architecture)
        if saved is None:
            start = [initial_weights(architecture, s.seed) for s in specs]
            weights = {name: np.stack([w[name] for w in start]) for name in names}
            zeros = {name: np.zeros_like(array) for name, array in weights.items()}
            saved = {"weights": weights, "first": zeros, "second": zeros, "curves": None}
        state = EngineState(
            *({name: saved[part][name] for name in names} for part in EngineState.PARTS)
        )
        self.snapshots = {
            f: saved[f"snapshot-{f}"] for f in spec.snapshots if f"snapshot-{f}" in saved
        }
        self.engine = ENGINES[engine](
            architecture, images, labels, [s.beta for s in specs], spec.learning_rate,
            device, precision, state, self.step,
        )  # fmt: skip
        latents = architecture.latents if architecture.variational else 0
        self.curves = LearningCurves(len(specs), latents, spec.steps, saved["curves"])
        batch, reach = spec.batch_size, spec.translation_px
        self.order = [BatchOrder(s.seed, len(images), batch) for s in specs]
        self.noise = self.shifts = None
        if architecture.variational:
            self.noise = [PosteriorNoise(s.seed, batch, latents) for s in specs]
        if labels is not None:
            self.shifts = [Translations(s.seed, batch, reach) for s in specs]
        self.chunk = 1

    def advance(self):
        """Take a chunk of steps, sized by time; where chunks end does not change the result."""
        spec = self.specs[0]
        marks = [spec.snapshot_step(f) for f in spec.snapshots]
        ends = [m for m in (self.curves.next_point(self.step), *marks) if m > self.step]
        n_steps = min(self.chunk, min(ends) - self.step)
        started = time.monotonic()
        values = self.engine.advance(
            self._read(self.order, n_steps),
            self._read(self.noise, n_steps),
            self._read(self.shifts, n_steps),
        )
        seconds = (time.monotonic() - started) / n_steps
        self.chunk = int(np.clip(SECONDS_PER_CHUNK / max(seconds, 1e-9), 1, MAX_CHUNK))
        self._require_finite(values)
        self.step += n_steps
        self.curves.add(values, self.step)
        for fraction, mark in zip(spec.snapshots, marks, strict=True):
            if mark == self.step:
                self.snapshots[fraction] = self.engine.state().weights

    def _read(self, streams, n_steps):
        if streams is None:
            return None
        return np.stack([stream.read(self.step, n_steps) for stream in streams], axis=1)

    def _require_finite(self, values):
        bad = np.argwhere(~np.isfinite(values.loss))
        if len(bad):
            step, model = bad[0]
            raise InputError(
                f"training of {self.specs[model].model}, step {self.step + step + 1}",
                f"a loss of {values.loss[step, model]}",
                "a finite loss",
                f"Lower the learning rate, now {self.specs[model].learning_rate:g}.",
            )

    def detail(self):
        """Return the progress line's middle: means over the models and the latest steps."""
        loss, _, kl, n_live = (np.mean(values) for values in self.curves.recent())
        if self.noise is None:
            return f"loss {loss:.4g}"
        return f"loss {loss:.5g}  KL {kl:.3g}  live {n_live:.3g}"

    def save(self):
        """Write the checkpoint."""
        state = self.engine.state()
        groups = {part: getattr(state, part) for part in EngineState.PARTS}
        groups["curves"] = self.curves.state()
        groups |= {f"snapshot-{f}": weights for f, weights in self.snapshots.items()}
        save_checkpoint(self.checkpoint, self.key, self.step, groups)

    def results(self):
        """Return the trained models."""
        weights = self.engine.state().weights
        names = parameter_shapes(self.specs[0].architecture)
        return [
            TrainedModel(
                spec,
                {name: weights[name][k] for name in names},
                self.curves.table(k),
                {f: {name: w[name][k] for name in names} for f, w in self.snapshots.items()},
            )
            for k, spec in enumerate(self.specs)
        ]
