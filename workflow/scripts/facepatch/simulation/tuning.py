"""Ground truths for simulated neurons: which dimensions of a design drive whom, and how much.

Each function returns weights of shape (n_dimensions, n_neurons) with columns of unit
length. They are meant for designs whose columns are z-scored (paper_spec 1.4); none of
them may come from a trained beta-VAE, or the study would be circular.
"""

import numpy as np

__all__ = ["axis_weights", "mixture_weights", "random_weights"]

# A second factor turns a neuron's axis by 15 to 30 degrees: the first one still leads.
_SECOND_ANGLE = np.deg2rad([15.0, 30.0])


def axis_weights(n_dimensions, n_neurons, rng, two_share=0.1):
    """Return weights of neurons that are each driven by one dimension, at most two.

    Dimensions are dealt out in turn, so that all have nearly the same number of neurons.

    Parameters
    ----------
    n_dimensions, n_neurons : int
    rng : numpy.random.Generator
    two_share : float
        Share of neurons with a second, weaker dimension.

    Returns
    -------
    float array of shape (n_dimensions, n_neurons)
    """
    weights = np.zeros((n_dimensions, n_neurons))
    first = rng.permutation(np.resize(rng.permutation(n_dimensions), n_neurons))
    sign = rng.choice([-1.0, 1.0], size=(2, n_neurons))
    step = rng.integers(1, max(n_dimensions, 2), size=n_neurons)
    angle = rng.uniform(*_SECOND_ANGLE, size=n_neurons)
    has_two = (rng.random(n_neurons) < two_share) & (n_dimensions > 1)
    neurons = np.arange(n_neurons)
    weights[first, neurons] = sign[0] * np.where(has_two, np.cos(angle), 1.0)
    second = (first + step) % n_dimensions
    weights[second[has_two], neurons[has_two]] = (sign[1] * np.sin(angle))[has_two]
    return weights


def random_weights(n_dimensions, n_neurons, rng):
    """Return weights of neurons that prefer random directions, uniform on the sphere."""
    weights = rng.standard_normal((n_dimensions, n_neurons))
    return weights / np.linalg.norm(weights, axis=0)


def mixture_weights(n_dimensions, n_neurons, rng, fraction, two_share=0.1):
    """Return weights where a fraction of the neurons is axis-tuned and the others are not.

    With the same generator state the axis-tuned neurons of a smaller fraction are among
    those of a larger one, and every neuron keeps its two possible tunings: populations
    of different fractions differ by nothing else.

    Returns
    -------
    weights : float array of shape (n_dimensions, n_neurons)
    axis_tuned : bool array of shape (n_neurons,)
    """
    axis = axis_weights(n_dimensions, n_neurons, rng, two_share)
    mixed = random_weights(n_dimensions, n_neurons, rng)
    axis_tuned = rng.permutation(n_neurons) < round(fraction * n_neurons)
    return np.where(axis_tuned, axis, mixed), axis_tuned
