"""How fast the Lasso engine is, as ratios to scikit-learn's LassoCV measured side by side.

    python benchmarks/lasso.py [--units 50] [--neurons 159] [--peer 3] [--check 5] [--rounds 5]

The work is that of one model: every neuron's Lasso over 10 folds and 100 penalties, the
one-standard-error rule, and the refit. Round after round the engine fits all neurons and
LassoCV, with its default tolerance, fits a few of them (`--peer`), others in each round; its
time is scaled to a neuron. Both use one thread, and CPU time is counted, so that other work
on the machine touches both alike. The ratios are medians over the rounds.

Then some neurons (`--check`) are fitted by scikit-learn with tight tolerances, on the part of
the grid that the engine followed: chosen penalties and coefficients must agree. With
`--same-grid` the timed LassoCV gets no more of the grid than that either, which is the
default beyond 1,024 units, where all of it would take hours.

Targets: 100 at 50 units, 50 at 512 units, 5 at 4,096 units with the same grid.
"""

import argparse
import statistics
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import threadpoolctl
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso, LassoCV

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow" / "scripts"))

KINDS = ("independent", "correlated", "collinear")
TIGHT = {"tol": 1e-9, "max_iter": 200_000}


def simulate(kind, n, n_units, n_neurons):
    """Return z-scored units and neurons that need up to 20 of them, 10 to 40 % explained."""
    rng = np.random.default_rng(n_units)
    X = rng.standard_normal((n, n_units))
    if kind != "independent":
        mixing = np.linalg.qr(rng.standard_normal((n_units, n_units)))[0]
        X = (X * np.logspace(0, -2, n_units)) @ mixing.T
    if kind == "collinear":
        n_twins = max(1, n_units // 5)
        noise = 1e-3 * X[:, :n_twins].std(0) * rng.standard_normal((n, n_twins))
        X[:, -n_twins:] = X[:, :n_twins] + noise
    X = (X - X.mean(0)) / X.std(0)
    used = rng.random((n_units, n_neurons)) < min(0.2, 20 / n_units)
    used[rng.integers(0, n_units, n_neurons), np.arange(n_neurons)] = True
    signal = X @ (rng.standard_normal((n_units, n_neurons)) * used)
    share = rng.uniform(0.1, 0.4, n_neurons)
    Y = signal / signal.std(0) * np.sqrt(share)
    Y += np.sqrt(1 - share) * rng.standard_normal((n, n_neurons))
    return X, (Y - Y.mean(0)) / Y.std(0)


def followed(fit, neuron):
    """Return the part of a neuron's grid that the engine followed."""
    return fit.alphas[neuron, ~np.isnan(fit.cv_mse[neuron, :, 0])]


def cpu_seconds(function):
    """Return a function's result and its CPU seconds."""
    start = time.process_time()
    result = function()
    return result, time.process_time() - start


def race(X, Y, options):
    """Print the CPU time of both sides and their ratio."""
    from facepatch.encoding.lasso import fit_lasso

    first_fit, first = cpu_seconds(lambda: fit_lasso(X, Y))
    ours, peers = [], []
    for turn in range(options.rounds):
        fit, seconds = cpu_seconds(lambda: fit_lasso(X, Y))
        ours.append(seconds)
        spent = 0.0
        neurons = [(turn * options.peer + n) % Y.shape[1] for n in range(options.peer)]
        for neuron in neurons:
            grid = followed(fit, neuron) if options.same_grid else 100
            model = LassoCV(cv=10, alphas=grid)
            spent += cpu_seconds(lambda m=model, n=neuron: m.fit(X, Y[:, n]))[1]
        peers.append(spent / options.peer * Y.shape[1])
        print(f"  round {turn + 1}: {ours[-1]:.3f} s, LassoCV {peers[-1]:.1f} s", flush=True)
    ratio = statistics.median(peer / own for peer, own in zip(peers, ours, strict=True))
    depth = np.mean([len(followed(first_fit, neuron)) for neuron in range(Y.shape[1])])
    print(f"first call (compiles, or loads what was compiled): {first:.2f} s")
    print(f"engine: {statistics.median(ours):.3f} s for {Y.shape[1]} neurons, {depth:.0f} of 100")
    print(f"penalties followed, {first_fit.n_fallback} paths by coordinate descent")
    print(f"LassoCV at its default tolerance: {statistics.median(peers):.1f} s, scaled from")
    print(f"{options.peer} neurons a round" + (", the same grid" if options.same_grid else ""))
    print(f"RATIO {ratio:.0f}", flush=True)
    return first_fit


def check(X, Y, fit, neurons):
    """Print how far the engine is from tight scikit-learn."""
    from facepatch.encoding.lasso import choose_alpha

    same, errors, coefficients = 0, [], []
    for neuron in neurons:
        y, grid = Y[:, neuron], followed(fit, neuron)
        model = LassoCV(cv=10, alphas=grid, **TIGHT).fit(X, y)
        index = choose_alpha(model.mse_path_[None], "one_se")[0]
        same += index == fit.alpha_index[neuron]
        errors.append(np.abs(model.mse_path_ - fit.cv_mse[neuron, : len(grid)]).max())
        tight = Lasso(alpha=fit.alpha[neuron], tol=1e-13, max_iter=1_000_000).fit(X, y)
        coefficients.append(np.abs(tight.coef_ - fit.weights[:, neuron]).max())
    print(f"against tight scikit-learn: same penalty for {same} of {len(neurons)} neurons,")
    print(f"largest difference {max(coefficients):.1e} in coefficients, {max(errors):.1e} in MSE")


def check_full_paths(X, Y, fit):
    """Print for how many neurons full paths choose the penalty that early ends chose."""
    from facepatch.encoding import lasso

    narrow, lasso._WIDE = lasso._WIDE, X.shape[1]
    full = lasso.fit_lasso(X, Y)
    lasso._WIDE = narrow
    same = int((full.alpha_index == fit.alpha_index).sum())
    difference = np.abs(full.weights - fit.weights).max()
    print(f"against full paths by the other homotopy: same penalty for {same} of {Y.shape[1]}")
    print(f"neurons, largest difference {difference:.1e} in coefficients")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=50)
    parser.add_argument("--neurons", type=int, default=159)
    parser.add_argument("--images", type=int, default=1680)
    parser.add_argument("--kind", choices=KINDS, default="correlated", help="units")
    parser.add_argument("--peer", type=int, default=3, help="neurons that LassoCV is timed on")
    parser.add_argument("--check", type=int, default=5, help="neurons compared when tight")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--same-grid", action="store_true", help="give LassoCV the same grid")
    parser.add_argument(
        "--full-paths", action="store_true", help="compare early ends with full paths as well"
    )
    options = parser.parse_args()
    options.same_grid |= options.units > 1024
    warnings.simplefilter("ignore", ConvergenceWarning)
    threadpoolctl.threadpool_limits(1)
    for pool in threadpoolctl.threadpool_info():
        kernel = f"{pool['internal_api']} {pool['version']} ({pool.get('architecture', '-')})"
        print(f"{pool['prefix']}: {kernel}, {pool['num_threads']} thread")
    print(
        f"{options.units} {options.kind} units, {options.neurons} neurons, {options.images} images"
    )
    X, Y = simulate(options.kind, options.images, options.units, options.neurons)
    fit = race(X, Y, options)
    if options.check:
        check(X, Y, fit, range(min(options.check, options.neurons)))
    if options.full_paths:
        check_full_paths(X, Y, fit)


if __name__ == "__main__":
    main()
