"""Random generators that depend on names, never on the order of work.

Every random choice of a run takes its generator from here: the run's seed and
the names of what is drawn are hashed into a `numpy.random.SeedSequence`, so
adding a model or changing the number of cores leaves every other draw alone.
"""

import hashlib

import numpy as np

__all__ = ["derive_seed", "generator"]


def _sequence(base, names):
    digests = [hashlib.sha256(str(name).encode()).digest() for name in names]
    words = [int.from_bytes(digest[:8], "little") for digest in digests]
    return np.random.SeedSequence([int(base), *words])


def derive_seed(base, *names):
    """Return a 63-bit seed for the thing called `names` under the run's seed `base`.

    Examples
    --------
    >>> derive_seed(1, "vae-s00") == derive_seed(1, "vae-s00")
    True
    >>> derive_seed(1, "vae-s00") == derive_seed(1, "vae-s01")
    False
    """
    return int(_sequence(base, names).generate_state(1, np.uint64)[0] >> np.uint64(1))


def generator(base, *names):
    """Return a `numpy.random.Generator` for the thing called `names` under seed `base`."""
    return np.random.default_rng(_sequence(base, names))
