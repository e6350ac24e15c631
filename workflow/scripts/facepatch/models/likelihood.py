"""How well reconstructions explain images."""

import numpy as np

__all__ = ["excess_nll"]

CLIP = 1e-6


def excess_nll(images, reconstructions):
    """Return the mean-pixel Bernoulli negative log-likelihood above the pixels' entropy.

    mean_px [BCE(x, y) - BCE(x, x)] in nats, with y clipped to [1e-6, 1 - 1e-6]; paper_spec
    3.6. A perfect reconstruction scores 0, up to the clipping.

    Parameters
    ----------
    images, reconstructions : arrays of shape (n_images, ...)
        Values in [0, 1].

    Returns
    -------
    nll : float64 array of shape (n_images,)

    Examples
    --------
    >>> float(excess_nll(np.array([[0.5, 0.5]]), np.array([[0.5, 0.5]]))[0])
    0.0
    """
    x = np.asarray(images, np.float64).reshape(len(images), -1)
    y = np.clip(np.asarray(reconstructions, np.float64).reshape(x.shape), CLIP, 1 - CLIP)
    # Together the two terms are the divergence of the pixel's two grey values as chances of
    # white; x log x tends to 0 with x.
    white = x * np.log(np.where(x > 0, x / y, 1))
    black = (1 - x) * np.log(np.where(x < 1, (1 - x) / (1 - y), 1))
    return (white + black).mean(1)
