"""Cross-validated linear regression of many targets on shared folds, in closed form.

Removing a fold from a ridge fit changes its residuals by a small linear system: with H the
matrix that maps targets to fitted values, the residuals of the rows F under the model that
never saw them are (I - H_FF)^-1 (y_F - fitted_F). One decomposition of the predictors
thus serves all folds, all targets and all penalties, and no model is ever refitted.
"""

import numpy as np
from scipy import linalg

from facepatch.scores.scaling import standardised

__all__ = ["FoldedRegression", "assign_folds", "single_predictor_variance"]

# A penalty this small, relative to a predictor's sum of squares, is least squares to 1e-8;
# it keeps a fold solvable that holds all the variation of some predictor.
_LEAST_SQUARES = 1e-9
_SMALLEST_EIGENVALUE = 1e-11
# Half-decades around one unit of penalty per predictor: explained shares of .001 to .999.
_PENALTIES = 10.0 ** np.arange(-3, 3.25, 0.5)


def assign_folds(n_rows, n_folds, rng):
    """Return a fold number per row; sizes differ by one at most, rows are drawn at random.

    Parameters
    ----------
    n_rows, n_folds : int
        With fewer rows than folds, every row is a fold.
    rng : numpy.random.Generator

    Returns
    -------
    int array of shape (n_rows,)
    """
    return rng.permutation(np.arange(n_rows) % min(n_folds, n_rows))


def _explained(squared_errors, targets):
    """Return 1 - SSE / SST per column, clipped at 0; NaN for columns that never vary."""
    total = ((targets - targets.mean(axis=0)) ** 2).sum(axis=0)
    varies = total > 0
    share = 1 - squared_errors / np.where(varies, total, 1)
    return np.where(varies, np.maximum(share, 0), np.nan)


class FoldedRegression:
    """Linear maps from given predictors, ready for any number of targets.

    Ordinary least squares where there are data for it; ridge where there are more than
    `most_plain` predictors (159 neurons in the study) or fewer than three training rows
    per predictor (paper_spec 3.3: "ridge only where D or the number of neurons demands
    it"). Predictors are standardised, the intercept is free.

    Parameters
    ----------
    predictors : array of shape (n_rows, n_predictors)
        Columns that never vary take no part.
    folds : int array of shape (n_rows,)
    most_plain : int

    Attributes
    ----------
    ridge : bool
        Whether the penalty is chosen by cross-validation.
    """

    def __init__(self, predictors, folds, most_plain=159):
        folds = np.asarray(folds)
        self.folds = [np.flatnonzero(folds == fold) for fold in np.unique(folds)]
        scaled = standardised(predictors)
        scaled = scaled[:, np.any(scaled, axis=0)]
        n_rows, n_predictors = scaled.shape
        n_training = n_rows - max(map(len, self.folds))
        self.ridge = n_predictors > min(most_plain, n_training / 3)
        grid = _PENALTIES * n_predictors if self.ridge else [_LEAST_SQUARES * n_rows]
        if n_predictors <= n_rows:
            eigenvalues, vectors = linalg.eigh(scaled.T @ scaled)
            kept = eigenvalues > _SMALLEST_EIGENVALUE * eigenvalues.max(initial=0)
            self._basis = scaled @ (vectors[:, kept] / np.sqrt(eigenvalues[kept]))
        else:
            eigenvalues, vectors = linalg.eigh(scaled @ scaled.T)
            kept = eigenvalues > _SMALLEST_EIGENVALUE * eigenvalues.max(initial=0)
            self._basis = vectors[:, kept]
        self._shrinkage = [eigenvalues[kept] / (eigenvalues[kept] + penalty) for penalty in grid]
        self._factors = [list(map(self._factor(keep), self.folds)) for keep in self._shrinkage]

    def _factor(self, shrinkage):
        """Return the function that factorises I - H_FF of a fold's rows."""
        n_rows = len(self._basis)

        def factor(rows):
            part = self._basis[rows]
            left = np.eye(len(rows)) - 1 / n_rows - (part * shrinkage) @ part.T
            return linalg.cho_factor(left, lower=True)

        return factor

    def _fold_errors(self, centred, projected, shrinkage, factors):
        """Return the sum of squared held-out errors, shape (n_folds, n_targets)."""
        residual = centred - self._basis @ (shrinkage[:, None] * projected)
        held_out = [
            linalg.cho_solve(factor, residual[rows])
            for factor, rows in zip(factors, self.folds, strict=True)
        ]
        return np.array([(errors**2).sum(axis=0) for errors in held_out])

    def explained_variance(self, targets):
        """Return the cross-validated share of variance explained per target.

        EV = 1 - SSE / SST over all rows, each predicted by the model that never saw its
        fold (the form of Chang & Tsao 2017's published code). The penalty of ridge is
        chosen per target and fold, by the errors on the other folds.

        Parameters
        ----------
        targets : array of shape (n_rows, n_targets)

        Returns
        -------
        float array of shape (n_targets,)
            Clipped at 0; NaN for a target that never varies.
        """
        targets = np.asarray(targets, float)
        centred = targets - targets.mean(axis=0)
        projected = self._basis.T @ centred
        errors = np.array(
            [
                self._fold_errors(centred, projected, shrinkage, factors)
                for shrinkage, factors in zip(self._shrinkage, self._factors, strict=True)
            ]
        )
        elsewhere = errors.sum(axis=1, keepdims=True) - errors
        best = elsewhere.argmin(axis=0)[None]
        chosen = np.take_along_axis(errors, best, axis=0)[0]
        return _explained(chosen.sum(axis=0), targets)


def single_predictor_variance(predictors, targets, folds):
    """Return the cross-validated variance that each predictor explains alone.

    Parameters
    ----------
    predictors : array of shape (n_rows, n_predictors)
    targets : array of shape (n_rows, n_targets)
    folds : int array of shape (n_rows,)

    Returns
    -------
    float array of shape (n_targets, n_predictors)
        As `FoldedRegression.explained_variance` with one predictor; 0 for a predictor
        that never varies, NaN for a target that never does.
    """
    x, y = standardised(predictors), standardised(targets)
    errors = np.zeros((y.shape[1], x.shape[1]))
    product = y.T @ x
    sums = x.sum(axis=0), y.sum(axis=0), (x**2).sum(axis=0), (y**2).sum(axis=0)
    for fold in np.unique(folds):
        xf, yf = x[folds == fold], y[folds == fold]
        n_fold, n_train = len(xf), len(x) - len(xf)
        own = xf.sum(axis=0), yf.sum(axis=0), (xf**2).sum(axis=0), (yf**2).sum(axis=0)
        x_mean, y_mean = (sums[0] - own[0]) / n_train, (sums[1] - own[1]) / n_train
        spread = sums[2] - own[2] - n_train * x_mean**2
        varies = spread > _LEAST_SQUARES * len(x)
        own_product = yf.T @ xf
        joint = product - own_product - n_train * np.outer(y_mean, x_mean)
        slope = np.where(varies, joint / np.where(varies, spread, 1), 0)
        # Sums over the fold of the centred products, then the error of y = mean + slope x.
        xx = own[2] - 2 * x_mean * own[0] + n_fold * x_mean**2
        yy = own[3] - 2 * y_mean * own[1] + n_fold * y_mean**2
        xy = own_product - np.outer(y_mean, own[0]) - np.outer(own[1], x_mean)
        xy += n_fold * np.outer(y_mean, x_mean)
        errors += yy[:, None] - 2 * slope * xy + slope**2 * xx
    share = np.maximum(1 - errors / len(x), 0)
    return np.where(np.any(y, axis=0)[:, None], share, np.nan)
