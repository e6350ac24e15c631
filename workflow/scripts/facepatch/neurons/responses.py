"""Trial-averaged responses of a population, as every score reads them."""

from dataclasses import dataclass

import numpy as np

from facepatch.array_record import ArrayRecord

__all__ = ["Responses"]


@dataclass(frozen=True)
class Responses(ArrayRecord):
    """Mean responses of neurons to the images of a run.

    Attributes
    ----------
    neurons : array of str, shape (n_neurons,)
    test, heldout : float64 arrays of shape (n_images, n_neurons)
        Mean rate in spikes per second (or the unit of the user's matrix), in the run's
        stimulus order.
    test_ids, heldout_ids : array of str, shape (n_images,)
    reliability : float array of shape (n_neurons,)
        Split-half correlation over the main images; NaN without single trials.
    noise_ceiling : float array of shape (n_neurons,)
        Spearman-Brown corrected reliability: the largest share of variance of the trial
        average that a perfect model can explain; NaN without single trials.
    silent : bool array of shape (n_neurons,)
        True where the response never varies over the main images.
    """

    neurons: np.ndarray
    test: np.ndarray
    heldout: np.ndarray
    test_ids: np.ndarray
    heldout_ids: np.ndarray
    reliability: np.ndarray
    noise_ceiling: np.ndarray
    silent: np.ndarray
