"""What a model says of each image: the table that all scores read."""

from dataclasses import dataclass, field

import numpy as np

from facepatch.files import write_npz

__all__ = ["Embedding"]


@dataclass(frozen=True)
class Embedding:
    """The units of one model over the images of a run.

    Attributes
    ----------
    units : array of str, shape (n_units,)
        Name of each unit.
    test, heldout : float32 arrays of shape (n_images, n_units)
        The original main images and the held-out ones, in the run's stimulus order.
    test_ids, heldout_ids : array of str, shape (n_images,)
        Stimulus ids of the rows.
    train : float32 array of shape (n_train, n_units)
        The mirror-flipped main images; shape (0, n_units) where a model has none.
    live : bool array of shape (n_units,)
        False for units that carry nothing (paper_spec 5, item 3).
    kl : float array of shape (n_units,), or None
        Mean Kullback-Leibler divergence to the prior in nats, for VAEs.
    nll : dict of split to float array of shape (n_images,)
        Mean-pixel excess negative log-likelihood per image, for models that reconstruct.
    extra : dict of str to array
        Whatever else a family keeps, for example the neurons that a subset drew.
    """

    units: np.ndarray
    test: np.ndarray
    heldout: np.ndarray
    test_ids: np.ndarray
    heldout_ids: np.ndarray
    live: np.ndarray
    train: np.ndarray | None = None
    kl: np.ndarray | None = None
    nll: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)

    def __post_init__(self):
        n_units = len(self.units)
        if self.train is None:
            object.__setattr__(self, "train", np.zeros((0, n_units), np.float32))
        for name in ("train", "test", "heldout"):
            array = np.asarray(getattr(self, name), np.float32)
            object.__setattr__(self, name, array)
            if array.ndim != 2 or array.shape[1] != n_units:
                raise ValueError(f"{name} has shape {array.shape}, expected (n, {n_units})")
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds values that are not finite")
        object.__setattr__(self, "units", np.asarray(self.units, str))
        object.__setattr__(self, "live", np.asarray(self.live, bool))
        for split in ("test", "heldout"):
            ids = np.asarray(getattr(self, f"{split}_ids"), str)
            object.__setattr__(self, f"{split}_ids", ids)
            if len(ids) != len(getattr(self, split)):
                raise ValueError(f"{len(ids)} ids for {len(getattr(self, split))} {split} images")

    @property
    def n_live(self):
        """Number of units that carry something."""
        return int(self.live.sum())

    def values(self, split):
        """Return the images x units array of a split with dead units set to 0."""
        return getattr(self, split) * self.live

    def save(self, path):
        """Write the embedding as a pickle-free `.npz`."""
        arrays = {name: getattr(self, name) for name in ("units", "train", "test", "heldout")}
        arrays |= {"test_ids": self.test_ids, "heldout_ids": self.heldout_ids, "live": self.live}
        if self.kl is not None:
            arrays["kl"] = np.asarray(self.kl, np.float64)
        arrays |= {f"nll_{split}": values for split, values in self.nll.items()}
        arrays |= {f"extra_{name}": values for name, values in self.extra.items()}
        write_npz(path, **arrays)

    @classmethod
    def load(cls, path):
        """Read an embedding that `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            stored = {name: file[name] for name in file.files}
        nll = {n.removeprefix("nll_"): v for n, v in stored.items() if n.startswith("nll_")}
        extra = {n.removeprefix("extra_"): v for n, v in stored.items() if n.startswith("extra_")}
        fixed = ("units", "train", "test", "heldout", "test_ids", "heldout_ids", "live")
        return cls(**{n: stored[n] for n in fixed}, kl=stored.get("kl"), nll=nll, extra=extra)
