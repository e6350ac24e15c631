"""Score two models against a population of neurons; replace the three tables by your own.

Run it as it is: it makes up 600 stimuli and 40 neurons, most of which follow one unit of
the first model. The second model says the same of every stimulus, on other axes.

    python docs/examples/score_your_model.py
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

# A clone of the repository will do; after `pip install -e .` this line is not needed.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow/scripts"))

from facepatch.api import score


def made_up_data(n_stimuli=600, n_units=10, n_neurons=40, seed=0):
    """Return units of a model, the same units rotated, and responses, as tables with ids."""
    rng = np.random.default_rng(seed)
    stimuli = [f"face_{number:04d}" for number in range(n_stimuli)]
    units = rng.standard_normal((n_stimuli, n_units))
    rotation = np.linalg.qr(rng.standard_normal((n_units, n_units)))[0]

    weights = np.eye(n_units)[:, rng.integers(0, n_units, n_neurons)]
    weights[:, ::4] = rng.standard_normal((n_units, len(weights[0, ::4]))) / np.sqrt(n_units)
    noise = rng.standard_normal((n_stimuli, n_neurons))
    responses = units @ weights + rng.uniform(0.5, 2.0, n_neurons) * noise

    neurons = [f"cell_{number:02d}" for number in range(n_neurons)]
    return (
        pd.DataFrame(units, index=stimuli),
        pd.DataFrame(units @ rotation, index=stimuli),
        pd.DataFrame(responses, index=stimuli, columns=neurons),
    )


def main(figure="score_your_model.png"):
    """Print the scores of both models, and draw them into the file `figure`."""
    # Your own data: pd.read_csv("units.csv", index_col=0), one row per stimulus, and the same
    # for the responses. Ids need not be in the same order.
    units, rotated, responses = made_up_data()

    result = score({"my model": units, "my model, rotated": rotated}, responses)

    print(result)
    print()
    print(result.to_frame().round(3).T.to_string())
    result.plot().savefig(figure, dpi=200)
    print(f"\nSaved {figure}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
