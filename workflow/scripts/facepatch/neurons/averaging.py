"""From single trials to mean responses, with how far they can be trusted."""

import numpy as np

__all__ = ["duplicates", "fano_factors", "spearman_brown", "split_half_reliability"]


def spearman_brown(r, share=0.5):
    r"""Return the reliability of a whole test from the correlation of its two parts.

    For halves this is the Spearman-Brown formula 2 r / (1 + r); for parts of unequal
    length, as with three trials, Horst's generalisation (Psychometrika 16, 1951),

    .. math:: r \frac{\sqrt{r^2 + 4 p q (1 - r^2)} - r}{2 p q (1 - r^2)}.

    Parameters
    ----------
    r : float array
        Correlation between the two parts.
    share : float array
        Length of one part as a share p of the whole; q = 1 - p.

    Returns
    -------
    float array
        1 where `r` is 1; negative correlations give negative values; NaN stays NaN.

    Examples
    --------
    >>> float(spearman_brown(0.5))
    0.6666666666666666
    """
    r, share = np.asarray(r, float), np.asarray(share, float)
    product = share * (1 - share)
    # The same expression multiplied out: it needs no division by 1 - r^2.
    root = np.sqrt(r**2 + 4 * product * (1 - r**2))
    return 2 * r / (root + r)


def _correlation(a, b):
    """Return the Pearson correlation of two vectors, NaN where one is constant."""
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 1e-12 else np.nan


def split_half_reliability(counts, rng, n_splits=20):
    """Return the reliability of each neuron's trial averages over stimuli.

    The trials of every stimulus are split at random into halves (one has one trial more
    where their number is odd), the halves' averages are correlated over stimuli, and the
    correlation is averaged over splits.

    Parameters
    ----------
    counts : SpikeCounts
    rng : numpy.random.Generator
    n_splits : int
        Number of random splits.

    Returns
    -------
    correlation : float array of shape (n_neurons,)
        Mean split-half correlation.
    ceiling : float array of shape (n_neurons,)
        `spearman_brown` of it, clipped to [0, 1]: the largest share of variance of the
        average that a perfect model can explain.

    Both are NaN where fewer than two stimuli have two trials, or the response is constant.
    """
    correlation = np.full(len(counts.neurons), np.nan)
    share = np.full(len(counts.neurons), 0.5)
    order = np.argsort(counts.neuron, kind="stable")
    bounds = np.searchsorted(counts.neuron[order], np.arange(len(counts.neurons) + 1))
    for index in range(len(counts.neurons)):
        rows = order[bounds[index] : bounds[index + 1]]
        halves = _Halves(counts.stimulus[rows], counts.count[rows], len(counts.stimuli), rng)
        if len(halves.trials) < 2:
            continue
        share[index] = (halves.first / halves.trials).mean()
        values = np.array([halves.correlation(rng) for _ in range(n_splits)])
        if np.isfinite(values).any():
            correlation[index] = np.nanmean(values)
    return correlation, np.clip(spearman_brown(correlation, share), 0, 1)


class _Halves:
    """One neuron's trials, shuffled within each stimulus that has two or more of them."""

    def __init__(self, stimulus, count, n_stimuli, rng):
        order = np.lexsort((rng.random(len(stimulus)), stimulus))
        trials = np.bincount(stimulus, minlength=n_stimuli)
        order = order[trials[stimulus[order]] > 1]
        self.count = count[order]
        self.trials = trials[trials > 1]
        self.first = self.trials // 2
        self.starts = np.concatenate([[0], np.cumsum(self.trials)])[:-1]
        self.rank = np.arange(len(order)) - np.repeat(self.starts, self.trials)
        self.total = np.add.reduceat(self.count, self.starts) if len(order) else np.zeros(0)

    def correlation(self, rng):
        """Return the correlation between the averages of two random halves.

        The order within a stimulus is random already, so a random rotation of it is a
        random split, and costs no sorting.
        """
        turn = np.repeat(rng.integers(0, self.trials), self.trials)
        rank = (self.rank + turn) % np.repeat(self.trials, self.trials)
        chosen = np.where(rank < np.repeat(self.first, self.trials), self.count, 0)
        part = np.add.reduceat(chosen, self.starts)
        return _correlation(part / self.first, (self.total - part) / (self.trials - self.first))


def fano_factors(counts):
    """Return each neuron's Fano factor: variance over trials / mean count.

    Both are pooled over the stimuli with two trials or more, so that the factor is the
    one of the counting noise alone, not of the tuning.

    Returns
    -------
    float array of shape (n_neurons,)
        NaN for silent neurons and neurons without repeated trials.
    """
    trials = counts.per_cell(np.ones(len(counts.count)))
    total, squares = counts.per_cell(counts.count), counts.per_cell(counts.count**2)
    repeated = trials > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.where(repeated, squares - total**2 / trials, 0).sum(1)
        freedom = np.where(repeated, trials - 1, 0).sum(1)
        # Stimuli weigh by degrees of freedom in both, or tuning would bias the ratio.
        mean = np.where(repeated, (trials - 1) * total / trials, 0).sum(1)
        return (within / freedom) / (mean / freedom)


def duplicates(responses, threshold=0.99):
    """Return, per neuron, the earlier neuron of which it is a copy, or -1.

    Parameters
    ----------
    responses : array of shape (n_stimuli, n_neurons)
    threshold : float
        Correlation over stimuli above which two units count as one neuron sorted twice
        (paper_spec 1.2 saw eight such pairs).

    Returns
    -------
    int array of shape (n_neurons,)
    """
    centred = responses - responses.mean(0)
    scale = np.sqrt((centred**2).sum(0))
    unit = centred / np.where(scale > 0, scale, 1)
    copies = np.triu(unit.T @ unit > threshold, k=1)
    return np.where(copies.any(0), copies.argmax(0), -1)
