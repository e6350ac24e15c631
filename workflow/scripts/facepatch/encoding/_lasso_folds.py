"""Gram matrices of all folds of a cross-validation, downdated from the Gram of all rows.

With columns centred on all rows, a fold that holds out the rows E leaves the training Gram
G - X_E'X_E - s s'/n_train, where s is the column sum over E: no fold needs a pass over the
training rows. Each Gram is then scaled to a unit diagonal and the scale carried as a weight
of the penalty, so that the solvers see numbers of order one.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["CentredData", "ScaledProblem", "fold_bounds"]

# A training column that keeps less than this share of its sum of squares is recomputed.
_CANCELLED = 1e-4
# ... and counts as constant below this share.
_CONSTANT = 1e-12


def fold_bounds(n, n_folds):
    """Return the first row of each contiguous fold, and n: scikit-learn's unshuffled `KFold`."""
    sizes = [n // n_folds + (fold < n % n_folds) for fold in range(n_folds)]
    return np.concatenate([[0], np.cumsum(sizes)])


@dataclass(frozen=True)
class ScaledProblem:
    """All Lassos of one training set on a shared Gram with unit diagonal.

    A solution z belongs to the weights w_j = z_j * unit_scale_j * neuron_scale of the
    problem |y - Xw|^2 / (2 n) + alpha |w|_1, if lam = alpha * lam_per_alpha.

    Attributes
    ----------
    gram : array (n_units, n_units)
        Zero row and column for a unit without variance.
    cross : array (n_neurons, n_units)
    penalty : array (n_units,)
    lam_per_alpha : array (n_neurons,)
    unit_scale : array (n_units,)
    neuron_scale : array (n_neurons,)
        0 for a neuron without variance.
    n : int
        Rows.
    """

    gram: np.ndarray
    cross: np.ndarray
    penalty: np.ndarray
    lam_per_alpha: np.ndarray
    unit_scale: np.ndarray
    neuron_scale: np.ndarray
    n: int

    @classmethod
    def build(cls, gram, cross, squares, usable, n):
        """Scale a Gram (units x units), crossproducts (neurons x units) and y'y of n rows.

        The Gram is scaled in place.
        """
        norm = np.sqrt(np.where(usable, np.diag(gram), 1.0))
        unit_scale = np.where(usable, 1.0 / norm, 0.0)
        typical = float(norm[usable].mean()) if usable.any() else 1.0
        neuron_norm = np.sqrt(np.maximum(squares, 0.0))
        varied = neuron_norm > 0.0
        safe_norm = np.where(varied, neuron_norm, 1.0)
        gram *= unit_scale
        gram *= unit_scale[:, None]
        np.fill_diagonal(gram, usable.astype(float))
        return cls(
            gram=gram,
            cross=np.ascontiguousarray(cross * unit_scale * (varied / safe_norm)[:, None]),
            penalty=np.where(usable, typical / norm, 1.0),
            lam_per_alpha=n / (typical * safe_norm),
            unit_scale=unit_scale,
            neuron_scale=neuron_norm,
            n=n,
        )

    def weights(self, solutions):
        """Return weights (n_neurons, n_units) of solutions z of the same shape."""
        return solutions * self.unit_scale * self.neuron_scale[:, None] + 0.0  # no -0.0


class CentredData:
    """Units and neurons centred on all rows, with the Gram that every fold starts from.

    Parameters
    ----------
    units : float64 array (n, n_units)
    neurons : float64 array (n, n_neurons)
    n_folds : int
    """

    def __init__(self, units, neurons, n_folds):
        self.unit_mean, self.neuron_mean = units.mean(0), neurons.mean(0)
        self.units = units - self.unit_mean
        # The mean of a constant column can be off by a rounding, which is not variance.
        constant = neurons.max(0) == neurons.min(0)
        self.neurons = neurons - self.neuron_mean
        self.neurons[:, constant] = 0.0
        self.n = len(units)
        self.bounds = fold_bounds(self.n, n_folds)
        self.gram = self.units.T @ self.units
        self.cross = self.neurons.T @ self.units
        self.squares = np.einsum("ij,ij->j", self.neurons, self.neurons)

    @property
    def n_folds(self):
        """Number of folds."""
        return len(self.bounds) - 1

    def all_rows(self):
        """Return the `ScaledProblem` of all rows."""
        usable = np.diag(self.gram) > 0.0
        return ScaledProblem.build(self.gram.copy(), self.cross, self.squares, usable, self.n)

    def training(self, fold):
        """Return the `ScaledProblem` of the rows outside a fold."""
        units, neurons, n_train, unit_sum, neuron_sum = self._held_out(fold)
        # The mean's part is one more row of the downdate, so one product serves both.
        extended = np.vstack([units, unit_sum / np.sqrt(n_train)])
        extended_neurons = np.vstack([neurons, neuron_sum / np.sqrt(n_train)])
        gram = extended.T @ extended
        np.subtract(self.gram, gram, out=gram)
        cross = self.cross - extended_neurons.T @ extended
        squares = self.squares - np.einsum("ij,ij->j", extended_neurons, extended_neurons)
        full = np.diag(self.gram)
        if (np.diag(gram) < _CANCELLED * full).any() or (squares < _CANCELLED * self.squares).any():
            gram, cross, squares = self._from_rows(fold)
        usable = np.diag(gram) > _CONSTANT * full
        squares = np.where(squares > _CONSTANT * self.squares, squares, 0.0)
        return ScaledProblem.build(gram, cross, squares, usable, n_train)

    def test_rows(self, fold):
        """Return a fold's units and neurons, centred by the training rows' means."""
        units, neurons, n_train, unit_sum, neuron_sum = self._held_out(fold)
        return units + unit_sum / n_train, neurons + neuron_sum / n_train

    def _held_out(self, fold):
        rows = slice(self.bounds[fold], self.bounds[fold + 1])
        units, neurons = self.units[rows], self.neurons[rows]
        return units, neurons, self.n - len(units), units.sum(0), neurons.sum(0)

    def _from_rows(self, fold):
        """Compute what `training` downdates directly: for columns that live in one fold."""
        first, last = self.bounds[fold], self.bounds[fold + 1]
        units = np.delete(self.units, slice(first, last), axis=0)
        neurons = np.delete(self.neurons, slice(first, last), axis=0)
        units -= units.mean(0)
        neurons -= neurons.mean(0)
        squares = np.einsum("ij,ij->j", neurons, neurons)
        return units.T @ units, neurons.T @ units, squares
