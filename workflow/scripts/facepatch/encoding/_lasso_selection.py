"""Which penalty a cross-validated Lasso takes, and how far its path need be followed."""

import numpy as np

__all__ = ["choose_alpha", "has_risen", "penalty_grid"]


def penalty_grid(cross, n, n_alphas, eps):
    """Return scikit-learn's grid for each neuron, falling from the first non-zero solution.

    Parameters
    ----------
    cross : array (n_neurons, n_units)
        Crossproducts of centred neurons and units over `n` rows.
    n, n_alphas : int
    eps : float
        Smallest over largest penalty.

    Returns
    -------
    alphas : array (n_neurons, n_alphas)
    """
    largest = np.abs(cross).max(1, initial=0.0) / n
    return largest[:, None] * np.geomspace(1.0, eps, n_alphas)


def choose_alpha(cv_mse, rule):
    """Return the index of the penalty that a cross-validation chooses for each neuron.

    Parameters
    ----------
    cv_mse : array (n_neurons, n_alphas, n_folds)
        NaN where it was not computed.
    rule : {"one_se", "minimum"}
        ``one_se``: the sparsest penalty whose mean error is within one standard error
        (SD over folds / sqrt(folds), at the minimum) of the least mean error.

    Returns
    -------
    index : int array (n_neurons,)

    References
    ----------
    paper_spec 3.1.1.
    """
    if rule not in ("one_se", "minimum"):
        raise ValueError(f"rule is {rule!r}, expected 'one_se' or 'minimum'")
    mean = cv_mse.mean(2)
    mean = np.where(np.isnan(mean), np.inf, mean)
    best = mean.argmin(1)
    if rule == "minimum":
        return best
    neurons = np.arange(len(best))
    error = cv_mse[neurons, best].std(1, ddof=1) / np.sqrt(cv_mse.shape[2])
    return (mean <= (mean[neurons, best] + error)[:, None]).argmax(1)


def has_risen(errors, patience=10, n_errors=4.0):
    """Tell whether a cross-validation curve lies surely beyond its minimum.

    The curve has risen if its last point is at least `patience` grid points beyond the
    minimum and above it by `n_errors` standard errors of the difference over folds. What
    follows is then overfitting. No bound proves that the curve never falls again; on the
    data of the tests and benchmarks the chosen penalties equal those of full paths.

    Parameters
    ----------
    errors : array (n_alphas, n_folds)
        Held-out errors, as far as they are known.
    patience : int
    n_errors : float

    Returns
    -------
    bool
    """
    best = errors.mean(1).argmin()
    if len(errors) - 1 - best < patience:
        return False
    rise = errors[-1] - errors[best]
    return rise.mean() > n_errors * rise.std(ddof=1) / np.sqrt(len(rise))
