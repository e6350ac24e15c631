"""Encoding and alignment of many models in one job, each model kept for the next run."""

import numpy as np

from facepatch.cache import JobCache, job_key
from facepatch.embedding import Embedding
from facepatch.encoding import encode, encode_heldout, split_rows
from facepatch.errors import InputError
from facepatch.progress import Progress
from facepatch.responses import Responses
from facepatch.seeds import generator

__all__ = ["fit_encodings", "target_neurons"]


def target_neurons(embedding, responses):
    """Return which neurons a model may be scored on: not those that it is made of.

    Parameters
    ----------
    embedding : Embedding
        `extra["neurons"]`, where present, names the neurons that are its units.
    responses : Responses

    Returns
    -------
    bool array (n_neurons,)
    """
    return ~np.isin(responses.neurons, embedding.extra.get("neurons", []))


def _same_stimuli(path, embedding, responses):
    for split in ("test", "heldout"):
        found, expected = getattr(embedding, f"{split}_ids"), getattr(responses, f"{split}_ids")
        if len(found) != len(expected) or (found != expected).any():
            raise InputError(
                str(path),
                f"{len(found)} {split} stimuli that are not those of the responses",
                f"the same {len(expected)} stimuli in the same order",
                "Delete the file and run again, so that both come from the same stimuli.csv.",
            )


def fit_encodings(
    models, embeddings, responses, encodings, heldouts, *, train_fraction, seed, cache, key, **grid
):
    """Fit the Lassos of a batch of models and write their `EncodingResult`s.

    Parameters
    ----------
    models : list of str
    embeddings : list of path
    responses : path
    encodings, heldouts : lists of path
        Written, in the order of `models`.
    train_fraction : float
    seed : int
        The run's seed: the split is the same for all models.
    cache : path
        Folder of the `JobCache`.
    key : str
        Fingerprint of the code.
    **grid
        `n_folds`, `n_alphas`, `eps` of `fit_lasso`.
    """
    kept = JobCache(cache)
    recorded = Responses.load(responses)
    rows = split_rows(len(recorded.test), train_fraction, generator(seed, "encoding split"))
    params = grid | {"train_fraction": train_fraction, "seed": seed}
    progress = Progress("encoding", len(models), "models")
    for done, (model, source, main, heldout) in enumerate(
        zip(models, embeddings, encodings, heldouts, strict=True)
    ):
        job = job_key([source, responses], params, key)
        if not (kept.reuse(main, job) and kept.reuse(heldout, job)):
            embedding = Embedding.load(source)
            _same_stimuli(source, embedding, recorded)
            target = target_neurons(embedding, recorded)
            result = encode(embedding.values("test"), recorded.test, *rows, target=target, **grid)
            result.save(main)
            novel = encode_heldout(
                embedding.values("heldout"), recorded.heldout, target=target, **grid
            )
            novel.save(heldout)
            kept.keep(main, job)
            kept.keep(heldout, job)
            if result.n_fallback:
                print(f"{model}: {result.n_fallback} paths needed coordinate descent")
        progress.update(done + 1, model, final=done + 1 == len(models))
