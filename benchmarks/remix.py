"""What the null of the alignment score costs, in fits of the neurons that were recorded.

    python benchmarks/remix.py [--units 50] [--neurons 159] [--images 2100] [--draws 20]

One fit is `encode`: z-scores, the Lassos of all neurons on 80 % of the images, R2 on the others.
The null is all that `remix_gap` takes: the model of the population, the draws, the fit of each
and its alignment. Round after round both are timed on one thread, in CPU time, so that other
work on the machine touches both alike; the ratio is the median over the rounds.

Target: 20 draws for at most 22 fits.
"""

import argparse
import statistics

import numpy as np
import threadpoolctl
from lasso import KINDS, cpu_seconds, simulate


def race(values, responses, options):
    """Return CPU seconds of one fit and of the whole null, round by round."""
    from facepatch.encoding.fits import encode, split_rows
    from facepatch.encoding.remix import population_scores
    from facepatch.nulls.surrogates import null_populations

    rows = split_rows(len(values), 0.8, np.random.default_rng(0))

    def null():
        drawn = null_populations(values, responses, options.draws, 0)
        return population_scores(values, drawn, *rows)

    encode(values, responses, *rows)  # compiles, or loads what was compiled
    rounds = []
    for number in range(options.rounds):
        fit = cpu_seconds(lambda: encode(values, responses, *rows))[1]
        scores, draws = cpu_seconds(null)
        assert len(scores) == options.draws
        rounds.append((fit, draws))
        print(f"  round {number + 1}: {fit:.3f} s, null {draws:.2f} s", flush=True)
    return rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=50)
    parser.add_argument("--neurons", type=int, default=159)
    parser.add_argument("--images", type=int, default=2100)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--kind", choices=KINDS, default="correlated", help="units")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    threadpoolctl.threadpool_limits(1)
    data = simulate(options.kind, options.images, options.units, options.neurons)
    rounds = race(*data, options)
    ratio = statistics.median(draws / fit for fit, draws in rounds)
    print(f"RATIO {ratio:.1f} fits for {options.draws} draws")


if __name__ == "__main__":
    main()
