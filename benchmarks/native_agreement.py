"""Whether the native engine trains the same models as PyTorch: both, on the images of a run.

    snakemake --cores 2 results/demo/responses.npz results/demo/images/train.npy
    python benchmarks/native_agreement.py results/demo [--betas 0.5 1] [--seeds 5] [--steps 10000]

Trained models are kept (`--keep`), so a stopped comparison goes on where it was.

Every beta-VAE is trained by each engine from the same weights, batches and noise; rounding
drives the two apart after some hundred steps, as it does two machines. What must agree in the
end is the distribution of what the study reads: loss, live units, UDR and alignment. Printed
are their means, the two-sample Kolmogorov-Smirnov test over all models, and for scale how far
the two models of a pair lie apart beside two models of different seeds.
"""

import argparse
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow" / "scripts"))

MEASURES = ("loss", "live units", "UDR", "alignment")


def files(options, engine, beta, seed):
    """Return a model's name and the files of its weights and its loss."""
    name = f"{engine}-b{beta:g}-s{seed:02d}-{options.steps}"
    return name, options.keep / f"{name}.safetensors", options.keep / f"{name}.json"


def train_one(task):
    """Train one model unless its files are there: weights, and the last tenth's mean loss."""
    engine, beta, seed, options = task
    name, weights, loss = files(options, engine, beta, seed)
    if loss.exists():
        return
    import torch
    from facepatch.files import write_json
    from facepatch.models.architecture import Architecture
    from facepatch.models.model_files import save_model
    from facepatch.training.trainer import TrainingSpec, train

    torch.set_num_threads(1)
    images = np.load(options.run / "images/train.npy")
    architecture = Architecture("beta_vae", images.shape[1], options.latents)
    model = TrainingSpec(
        name,
        seed,
        architecture,
        options.steps,
        learning_rate=options.learning_rate,
        beta=beta,
    )
    (result,) = train([model], images, engine=engine, precision=options.precision[engine])
    tail = result.curve["step"] > 0.9 * options.steps
    save_model(weights, name, architecture, result.weights)
    write_json({"loss": float(result.curve["loss"][tail].mean())}, loss)


def scored(engine, beta, images, responses, options):
    """Return the measures of all seeds of one beta, (n_seeds, len(MEASURES))."""
    from facepatch.encoding.alignment import alignment_score
    from facepatch.encoding.fits import encode, split_rows
    from facepatch.files import read_json
    from facepatch.models.network_embedding import embed_network
    from facepatch.models.reconstruction import load_network
    from facepatch.scores.udr import udr_scores
    from facepatch.seeds import generator

    losses, embeddings = [], []
    for seed in range(options.seeds):
        _, weights, loss = files(options, engine, beta, seed)
        losses.append(read_json(loss)["loss"])
        network = load_network(weights)
        names = [responses.test_ids, responses.heldout_ids]
        embeddings.append(embed_network(network, *images.values(), *names))
    udr = udr_scores([e.train for e in embeddings], [e.live for e in embeddings])
    rows = split_rows(len(responses.test), 0.8, generator(0, "encoding split"))
    scores = []
    for embedding in embeddings:
        result = encode(embedding.values("test"), responses.test, *rows)
        scores.append(alignment_score(result.weights, result.r2, embedding.live).alignment)
    return np.column_stack([losses, [e.n_live for e in embeddings], udr, scores])


def report(betas, found):
    """Print means, tests and distances; `found` maps engine to (beta, seed, measure)."""
    from scipy.stats import ks_2samp

    torch, native = found["torch"], found["native"]
    print(f"\n{'beta':<6}{'measure':<12}{'torch':>16}{'native':>16}")
    for b, beta in enumerate(betas):
        for m, measure in enumerate(MEASURES):
            cells = [
                f"{v.mean():.4g} ± {v.std(ddof=1):.2g}" for v in (torch[b, :, m], native[b, :, m])
            ]
            print(f"{beta:<6}{measure:<12}{cells[0]:>16}{cells[1]:>16}")
    print(f"\n{'measure':<12}{'KS':>8}{'p':>8}{'one pair apart':>16}{'two seeds apart':>17}")
    for m, measure in enumerate(MEASURES):
        test = ks_2samp(torch[..., m].ravel(), native[..., m].ravel())
        pair = np.median(np.abs(torch[..., m] - native[..., m]))
        others = np.abs(torch[:, :, None, m] - torch[:, None, :, m])
        seeds = np.median(others[:, ~np.eye(torch.shape[1], dtype=bool)])
        print(f"{measure:<12}{test.statistic:>8.2f}{test.pvalue:>8.3f}{pair:>16.3g}{seeds:>17.3g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of a run: results/<run>")
    parser.add_argument("--betas", type=float, nargs="+", default=[0.5, 1.0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10000)
    parser.add_argument("--latents", type=int, default=50)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--native-precision", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("results/native_agreement"))
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    options.precision = {"torch": "float32", "native": options.native_precision}
    from facepatch.neurons.responses import Responses

    engines = ("native", "torch")
    tasks = list(product(engines, options.betas, range(options.seeds), [options]))
    with ProcessPoolExecutor(options.processes, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(train_one, tasks))
    images = {s: np.load(options.run / f"images/{s}.npy") for s in ("train", "test", "heldout")}
    responses = Responses.load(options.run / "responses.npz")
    found = {
        engine: np.stack(
            [scored(engine, beta, images, responses, options) for beta in options.betas]
        )
        for engine in engines
    }
    report(options.betas, found)


if __name__ == "__main__":
    main()
