"""What one training process does, from files to files, and how models are shared out to them."""

import json
import platform
import re
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["TrainingJob", "decoded", "encoded", "plan_jobs", "run_job", "trains_together"]


@dataclass(frozen=True)
class TrainingJob:
    """Models that train together, and all that the process needs to know.

    Attributes
    ----------
    models : list of dict
        `id`, `family`, `seed`; `beta` of a variational family; `units` of a classifier.
    images : str
        `.npy` file of the training images.
    stimuli : str
        The run's `stimuli.csv`, or '' if every image is a class of its own.
    weights, info, curves : list of str
        Files to write, one per model.
    snapshots : list of list of str
        Files to write, per model one for each of `fractions`.
    fractions : list of float
        Fractions of the schedule at which to keep the weights.
    schedule : dict
        `steps`, `batch_size`, `learning_rate`, `translation_px`.
    fallback_steps : int or None
        Steps in place of `steps` where the engine ``"auto"`` has to train in PyTorch on a CPU.
    network : dict
        `latents` and `hidden`.
    engine, device, precision : str
    checkpoint : str
        File of the resumable state.
    checkpoint_seconds : float
    code : str
        Fingerprint of the code: a checkpoint of other code is not continued.
    """

    models: list
    images: str
    stimuli: str
    weights: list
    info: list
    curves: list
    snapshots: list
    fractions: list
    schedule: dict
    fallback_steps: int | None
    network: dict
    engine: str
    device: str
    precision: str
    checkpoint: str
    checkpoint_seconds: float
    code: str


def plan_jobs(models, weights, info, curves, snapshots, *, together, checkpoint_folder, **common):
    """Share models out to jobs.

    Parameters
    ----------
    models, weights, info, curves : lists
        As in `TrainingJob`, in the same order.
    snapshots : list of str
        All models' snapshot files, the fractions of one model after each other.
    together : bool
        Whether models of one architecture train as one ensemble (best on a GPU) or every
        model for itself (best on a CPU).
    checkpoint_folder : path
    **common
        The remaining fields of `TrainingJob`.

    Returns
    -------
    jobs : list of TrainingJob
    """
    groups = {}
    for k, model in enumerate(models):
        alike = (model["family"], model.get("units")) if together else k
        groups.setdefault(alike, []).append(k)
    per_model = len(common["fractions"])
    jobs = []
    for members in groups.values():
        ids = [models[k]["id"] for k in members]
        name = ids[0] if len(ids) == 1 else f"{ids[0]}..{ids[-1]}"
        jobs.append(
            TrainingJob(
                models=[models[k] for k in members],
                weights=[str(weights[k]) for k in members],
                info=[str(info[k]) for k in members],
                curves=[str(curves[k]) for k in members],
                snapshots=[
                    [str(path) for path in snapshots[k * per_model : (k + 1) * per_model]]
                    for k in members
                ],
                checkpoint=str(Path(checkpoint_folder) / f"{name}.safetensors"),
                **common,
            )
        )
    return jobs


def trains_together(models, device):
    """Return whether `plan_jobs` should make ensembles: for several models on a GPU."""
    if len(models) == 1:
        return False
    from facepatch.training.devices import choose_device

    return choose_device(device) != "cpu"


def _architecture(job, n_classes, image_size):
    """Return the architecture that all models of a job share."""
    from facepatch.models.architecture import Architecture

    model = job.models[0]
    return Architecture(
        family=model["family"],
        image_size=image_size,
        latents=model.get("units", job.network["latents"]),
        hidden=job.network["hidden"],
        n_classes=n_classes if model["family"] == "classifier" else 0,
    )


def _schedule(job, engine, device):
    """Return the schedule that suits the engine; say so where it is not the one asked for."""
    slow = job.engine == "auto" and engine == "torch" and device == "cpu"
    if not slow or job.fallback_steps is None:
        return job.schedule
    print(
        f"training {job.fallback_steps} steps, not {job.schedule['steps']}: PyTorch takes several "
        "times as long on a CPU (training.fallback_steps)"
    )
    return job.schedule | {"steps": job.fallback_steps}


def _labels(job, n_images):
    """Return the class of each training image and the number of classes.

    The identity where the stimuli name one, else every image is its own class
    (paper_spec 2.2).
    """
    import numpy as np

    from facepatch.datasets.stimulus_table import read_stimulus_table

    if job.stimuli:
        stimuli = read_stimulus_table(job.stimuli)
        if "identity" in stimuli.labels:
            identities = stimuli.labels["identity"][stimuli.of("main")]
            names, classes = np.unique(identities, return_inverse=True)
            return classes.astype(np.int64), len(names)
    return np.arange(n_images), n_images


def run_job(job, stop):
    """Train the models of a job and write their files; the checkpoint is left in place.

    Parameters
    ----------
    job : TrainingJob
    stop : callable returning bool
        See `facepatch.training.trainer.train`.
    """
    import numpy as np

    from facepatch.training.devices import choose_device
    from facepatch.training.engines import choose_engine, choose_engine_precision
    from facepatch.training.trainer import TrainingSpec, train

    images = np.load(job.images, mmap_mode="r", allow_pickle=False)
    labels, n_classes = None, 0
    if job.models[0]["family"] == "classifier":
        labels, n_classes = _labels(job, len(images))
    architecture = _architecture(job, n_classes, images.shape[1])
    device = choose_device(job.device)
    engine = choose_engine(job.engine, architecture, job.schedule["batch_size"], device)
    precision = choose_engine_precision(job.precision, engine, device)
    schedule = _schedule(job, engine, device)
    specs = [
        TrainingSpec(
            model=model["id"],
            seed=model["seed"],
            architecture=architecture,
            beta=float(model["beta"]) if model["family"] == "beta_vae" else 1.0,
            snapshots=tuple(job.fractions),
            **schedule,
        )
        for model in job.models
    ]
    trained = train(
        specs,
        images,
        labels=labels,
        engine=engine,
        device=device,
        precision=precision,
        checkpoint=job.checkpoint,
        checkpoint_seconds=job.checkpoint_seconds,
        code=job.code,
        stop=stop,
    )
    for k, model in enumerate(trained):
        _write(model, job, k, {"engine": engine, "device": device, "precision": precision})


def _write(model, job, k, where):
    import numpy as np
    import pandas as pd
    import torch

    from facepatch import __version__
    from facepatch.files import atomic_path, write_json
    from facepatch.models.model_files import save_model

    spec = model.spec
    save_model(job.weights[k], spec.model, spec.architecture, model.weights)
    for fraction, path in zip(job.fractions, job.snapshots[k], strict=True):
        save_model(path, spec.model, spec.architecture, model.snapshots[fraction])
    with atomic_path(job.curves[k]) as temporary:
        pd.DataFrame(model.curve).to_parquet(temporary, index=False)
    last = {name: float(values[-1]) for name, values in model.curve.items()}
    final = {name: last[name] for name in ("loss", "reconstruction", "kl", "n_live")}
    write_json(
        {
            **asdict(spec),
            **where,
            "family": spec.architecture.family,
            "final": {name: value for name, value in final.items() if np.isfinite(value)},
            "versions": {
                "facepatch": __version__,
                "python": platform.python_version(),
                "numpy": np.__version__,
                "torch": re.sub(r"\+.*", "", torch.__version__),
            },
        },
        job.info[k],
    )


def encoded(job):
    """Return a job as one line of JSON."""
    return json.dumps(asdict(job))


def decoded(line):
    """Undo `encoded`."""
    return TrainingJob(**json.loads(line))
