"""Learning curves: means over intervals of a training, kept from its first step on."""

import time

import numpy as np

__all__ = ["LIVE_THRESHOLD", "LearningCurves"]

LIVE_THRESHOLD = 0.01
MAX_POINTS = 200


class LearningCurves:
    """Loss, its terms and live units of K models, averaged over intervals of steps.

    Parameters
    ----------
    n_models, latents : int
        `latents` is 0 for families without a divergence.
    steps : int
        Length of the training; at most 200 points are kept.
    saved : dict of str to array, or None
        What `state` returned in an interrupted training.

    Attributes
    ----------
    every : int
        Steps from one point to the next; the last point is the last step.
    """

    def __init__(self, n_models, latents, steps, saved=None):
        self.steps, self.latents = steps, latents
        self.every = -(-steps // MAX_POINTS)
        self._clock = time.monotonic()
        if saved is not None:
            self._points, self._taken, self._sums = saved["points"], saved["taken"], saved["sums"]
            self._seconds = float(saved["seconds"][0])
        else:
            self._points = np.zeros((0, n_models, 6))
            self._taken = np.zeros(1, np.int64)
            self._sums = np.zeros((n_models, 2 + latents))
            self._seconds = 0.0

    def next_point(self, step):
        """Return the first step after `step` at which a point is taken."""
        return min((step // self.every + 1) * self.every, self.steps)

    def add(self, values, step):
        """Add the `StepValues` of the steps up to `step`; takes a point where one is due."""
        sums = np.concatenate(
            [values.loss[..., None], values.reconstruction[..., None], values.kl], axis=2
        )
        for step_sums in sums:  # one by one: the result must not depend on how steps are grouped
            self._sums += step_sums
        self._taken += len(sums)
        now = time.monotonic()
        self._seconds, self._clock = self._seconds + now - self._clock, now
        if step == self.next_point(step - 1):
            means = self.recent()
            speed = self._taken[0] / max(self._seconds, 1e-9)
            point = np.stack([np.full_like(means[0], step), *means, np.full_like(means[0], speed)])
            self._points = np.concatenate([self._points, point.T[None]])
            self._sums, self._taken, self._seconds = 0 * self._sums, 0 * self._taken, 0.0

    def recent(self):
        """Return loss, reconstruction term, divergence and live units since the last point.

        Returns
        -------
        loss, reconstruction, kl, n_live : float arrays of shape (n_models,)
            The last two are NaN for families without a divergence; a unit counts as live
            if its mean divergence exceeds 0.01 nat.
        """
        if not self._taken[0] and len(self._points):
            return tuple(self._points[-1, :, 1:5].T)
        means = self._sums / max(self._taken[0], 1)
        kl, n_live = means[:, 2:].sum(1), (means[:, 2:] > LIVE_THRESHOLD).sum(1).astype(float)
        if not self.latents:
            kl, n_live = np.full(len(means), np.nan), np.full(len(means), np.nan)
        return means[:, 0], means[:, 1], kl, n_live

    def state(self):
        """Return the arrays that continue these curves."""
        return {
            "points": self._points,
            "taken": self._taken,
            "sums": self._sums,
            "seconds": np.array([self._seconds]),
        }

    def table(self, model):
        """Return the curves of model number `model` as a dict of columns.

        `step`, then the means since the step before: `loss`, `reconstruction` and `kl` in
        nats per image (squared error for the autoencoder), `n_live`; `steps_per_second` is
        the only column that a rerun does not repeat.
        """
        names = ("step", "loss", "reconstruction", "kl", "n_live", "steps_per_second")
        columns = dict(zip(names, self._points[:, model].T, strict=True))
        return columns | {"step": columns["step"].astype(np.int64)}
