"""What the sensitivity study reads: models of a run, and what neurons can be tuned in."""

import numpy as np
import pandas as pd

from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.models.embedding import Embedding
from facepatch.simulation.neurons import GROUND_TRUTHS, IMAGE_DRIVEN
from facepatch.simulation.recording import factor_design, read_tuning_space

__all__ = ["study_designs", "study_models"]


def study_models(records, embeddings, selection, most):
    """Return the units of a few models of each family.

    Parameters
    ----------
    records : sequence of dict
        Models with `family` and `id`.
    embeddings : sequence of path
    selection : path or ""
        `selection.csv`: of the beta-VAEs those of highest UDR are taken, of the other
        families the first.
    most : int
        Models a family.

    Returns
    -------
    models : dict of str to float array (n_main, n_units)
        Dead units are 0.
    families : dict of str to str
        Family of each model.
    """
    ranks = {}
    if selection:
        table = pd.read_csv(selection)
        ranks = dict(zip(table["model"], table["rank"], strict=True))
    taken, models, families = {}, {}, {}
    for record, path in zip(records, embeddings, strict=True):
        family, model = record["family"], record["id"]
        place = ranks.get(model, taken.get(family, 0))
        taken[family] = taken.get(family, 0) + 1
        if 0 <= place < most:
            models[model] = Embedding.load(path).values("test").astype(float)
            families[model] = family
    return models, families


def study_designs(stimuli, spaces):
    """Return what simulated neurons are tuned in, over the main stimuli in the run's order.

    Parameters
    ----------
    stimuli : path
        The run's `stimuli.csv`, with factors.
    spaces : dict of str to path
        Tuning spaces of image-driven ground truths.

    Returns
    -------
    dict of str to float array (n_main, n_dimensions)
        By ground truth.
    """
    table = read_stimulus_table(stimuli).in_run_order()
    main = table.of("main")
    factors = factor_design(table)[0][main]
    designs = {name: factors for name in GROUND_TRUTHS if name not in IMAGE_DRIVEN}
    for name, path in spaces.items():
        designs[name] = np.asarray(read_tuning_space(path, table)[0])[main]
    return designs
