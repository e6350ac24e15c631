"""Simulated populations on which a null must keep its level, and on which it shows its power.

Each condition names one way in which neurons without any preference for axes can still
look as if they had one, or in which a null can be misled: unequal reliability, correlated
units, units that matter unequally, few images or neurons, noise that neurons share, and
responses with heavy tails.
"""

from dataclasses import dataclass

import numpy as np

from facepatch.encoding.remix import orthogonal_matrix

__all__ = ["CONDITIONS", "Condition", "simulate_population"]


@dataclass(frozen=True)
class Condition:
    """How units and neurons of a simulated population come about.

    Attributes
    ----------
    label : str
        For figures.
    n_images, n_neurons, n_units, n_dead : int
        `n_units` live units, `n_dead` constant ones besides.
    unit_mixing : float
        0 for independent units; 1 for units that are mixed as strongly as they are kept.
    decay : float
        Ratio of a unit's variance of weights to that of the unit before it: 1 if neurons
        care for all units alike.
    heavy_shares : bool
        Signal-to-noise ratios log-normal (SD 1.5, median .37) instead of signal shares from
        a beta distribution (2, 3).
    shared_noise : float
        Share of the noise's variance that comes from three sources common to all neurons.
    exponential : bool
        Rates exponential in the drive and Poisson counts, instead of linear responses
        with Gaussian noise.
    oblique : bool
        Whether the directions that neurons care for most are turned at random against the
        units, so that `decay` is not one of units.
    shared_directions : int
        Number of directions that neurons share, so that many neurons have the same one; 0
        for neurons that each have their own.
    orthogonal : bool
        Whether the shared directions are orthogonal: with as many as there are units, an
        axis code seen through a rotation.
    skewed_units : bool
        Units from a centred exponential distribution, not from a normal one.
    spec : bool
        Whether the condition is one of the five of paper_spec 3.1.4.
    """

    label: str
    n_images: int
    n_neurons: int
    n_units: int
    n_dead: int = 0
    unit_mixing: float = 0.0
    decay: float = 1.0
    heavy_shares: bool = False
    shared_noise: float = 0.0
    exponential: bool = False
    oblique: bool = False
    shared_directions: int = 0
    orthogonal: bool = False
    skewed_units: bool = False
    spec: bool = False


CONDITIONS = {
    "dead_units": Condition("14 units + 36 dead", 1000, 60, 14, 36, spec=True),
    "fewer_images": Condition("14 + 36 dead, 300 images", 300, 60, 14, 36, spec=True),
    "correlated_units": Condition("20 correlated units", 1000, 60, 20, unit_mixing=1.0, spec=True),
    "heavy_shares": Condition(
        "heavy-tailed signal shares", 2100, 159, 14, 36, heavy_shares=True, spec=True
    ),
    "steep": Condition("30 units, steep covariance", 1000, 60, 30, decay=0.8, spec=True),
    "small_sample": Condition("100 images", 100, 40, 10, 10),
    "few_neurons": Condition("15 neurons", 600, 15, 14, 36),
    "shared_noise": Condition("shared noise", 600, 60, 14, 36, shared_noise=0.5),
    "heavy_tuning": Condition("heavy-tailed tuning, counts", 600, 60, 14, 36, exponential=True),
    "skewed_units": Condition("skewed units", 600, 60, 14, 36, skewed_units=True),
    "oblique": Condition("steep, but not along units", 600, 60, 14, 36, decay=0.7, oblique=True),
    "shared_directions": Condition("8 directions for all", 600, 60, 14, 36, shared_directions=8),
    "shared_steep": Condition("8 directions, steep", 600, 60, 30, decay=0.8, shared_directions=8),
    "rotated_axes": Condition(
        "rotated axis code", 600, 60, 14, 36, shared_directions=14, orthogonal=True
    ),
    "steep_few": Condition("steep, 20 neurons", 600, 20, 30, decay=0.8),
    "steep_heavy": Condition(
        "steep, heavy-tailed shares", 600, 60, 30, decay=0.8, heavy_shares=True
    ),
}


def _units(condition, rng):
    shape = condition.n_images, condition.n_units
    units = rng.exponential(size=shape) if condition.skewed_units else rng.standard_normal(shape)
    if condition.unit_mixing:
        mixing = rng.standard_normal((condition.n_units,) * 2) / np.sqrt(condition.n_units)
        units = units @ (np.eye(condition.n_units) + condition.unit_mixing * mixing)
    return (units - units.mean(0)) / units.std(0)


def _weights(condition, fraction, rng):
    """Return weights (n_units, n_neurons), the first `fraction` of the neurons on one unit."""
    shape = condition.n_units, condition.n_neurons
    variance = condition.decay ** np.arange(condition.n_units)
    weights = np.sqrt(variance)[:, None] * rng.standard_normal(shape)
    if condition.orthogonal:
        weights[:, : condition.n_units] = orthogonal_matrix(condition.n_units, rng)
    if condition.shared_directions:
        weights = weights[:, rng.integers(0, condition.shared_directions, condition.n_neurons)]
    if condition.oblique:
        weights = orthogonal_matrix(condition.n_units, rng) @ weights
        variance = np.ones(condition.n_units)
    axis = rng.choice(condition.n_units, condition.n_neurons, p=variance / variance.sum())
    tuned = np.arange(condition.n_neurons) < round(fraction * condition.n_neurons)
    weights[:, tuned] = np.eye(condition.n_units)[:, axis[tuned]]
    return weights


def _signal_shares(condition, rng):
    if not condition.heavy_shares:
        return rng.beta(2, 3, condition.n_neurons)
    ratio = np.exp(-1.0 + 1.5 * rng.standard_normal(condition.n_neurons))
    return ratio / (1 + ratio)


def _noise(condition, rng):
    shape = condition.n_images, condition.n_neurons
    noise = np.sqrt(1 - condition.shared_noise) * rng.standard_normal(shape)
    if condition.shared_noise:
        gains = rng.standard_normal((3, condition.n_neurons))
        gains /= np.linalg.norm(gains, axis=0)
        sources = rng.standard_normal((condition.n_images, 3))
        noise += np.sqrt(condition.shared_noise) * sources @ gains
    return noise


def simulate_population(condition, fraction, rng):
    """Draw the units of a model and a population of neurons.

    Parameters
    ----------
    condition : Condition
    fraction : float
        Share of the neurons that follow a single unit; the others' directions are drawn
        without regard to axes: normal, and scaled to the neuron's signal share. At 0 the
        null hypothesis holds.
    rng : numpy.random.Generator

    Returns
    -------
    units : float64 array (n_images, n_units + n_dead)
    responses : float64 array (n_images, n_neurons)
        Every neuron varies: counts of neurons that never fire are left out.
    """
    units = _units(condition, rng)
    drive = units @ _weights(condition, fraction, rng)
    drive = (drive - drive.mean(0)) / drive.std(0)
    share = _signal_shares(condition, rng)
    if condition.exponential:
        rate = np.exp(drive)
        # Counts have the noise variance of their mean, so this mean gives about that share.
        rate *= share / (1 - share) / rate.var(0) * rate.mean(0)
        responses = rng.poisson(rate).astype(float)
        responses = responses[:, responses.max(0) > responses.min(0)]
    else:
        responses = np.sqrt(share) * drive + np.sqrt(1 - share) * _noise(condition, rng)
    dead = np.zeros((condition.n_images, condition.n_dead))
    return np.hstack([units, dead]), responses
