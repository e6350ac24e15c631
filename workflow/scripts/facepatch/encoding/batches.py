"""Encoding and alignment of many models in one job, each model kept for the next run."""

from dataclasses import asdict

import numpy as np

from facepatch.cache import JobCache, job_key
from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import EncodingResult, encode, encode_heldout, split_rows
from facepatch.encoding.remix import mixing_matrix, population_scores, remix_null, remix_scores
from facepatch.errors import InputError
from facepatch.files import write_json
from facepatch.models.embedding import Embedding
from facepatch.neurons.responses import Responses
from facepatch.nulls.surrogates import null_populations
from facepatch.progress import Progress
from facepatch.seeds import generator

__all__ = ["fit_encodings", "score_alignments", "target_neurons"]


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

    Raises
    ------
    InputError
        If an embedding is of other stimuli than the responses.
    """
    kept, recorded = JobCache(cache), Responses.load(responses)
    rows = _split(recorded, train_fraction, seed)
    params = grid | {"train_fraction": train_fraction, "seed": seed}
    progress = Progress("encoding", len(models), "models")
    for done, (model, source, main, heldout) in enumerate(
        zip(models, embeddings, encodings, heldouts, strict=True), 1
    ):
        job = job_key([source, responses], params, key)
        if not (kept.reuse(main, job) and kept.reuse(heldout, job)):
            result = _fit(_load(source, recorded), recorded, rows, main, heldout, grid)
            kept.keep(main, job)
            kept.keep(heldout, job)
            if result.n_fallback:
                print(f"{model}: {result.n_fallback} paths needed coordinate descent")
        progress.update(done, model, final=done == len(models))


def score_alignments(
    models,
    embeddings,
    encodings,
    heldouts,
    responses,
    scores,
    *,
    n_artificial,
    n_remix,
    train_fraction,
    seed,
    cache,
    key,
    **grid,
):
    """Score a batch of models against recorded and artificial neurons and write JSON files.

    A file holds `test`, `heldout` and `heldout_main_recipe` (an `AlignmentScore`; the latter
    two are null without held-out images, and tell the recipe for few faces from the main one
    on the same faces: paper_spec 3.1.2), `artificial` (a list of such, first the fixed draw of
    the figures), `remix` (alignment of every draw of the null), `remix_gap` and `remix_p`. The
    null is the one that `docs/null.md` argues for: neurons of the same reliability that care
    for each unit as much as the recorded ones do, but for no axis.

    Parameters
    ----------
    n_artificial, n_remix : int
    models, embeddings, encodings, heldouts, responses, scores
        Ids and paths as in `fit_encodings`; `scores` is written.
    train_fraction, seed, cache, key, **grid
        As in `fit_encodings`.
    """
    kept, recorded = JobCache(cache), Responses.load(responses)
    rows = _split(recorded, train_fraction, seed)
    numbers = {"n_artificial": n_artificial, "n_remix": n_remix}
    params = grid | numbers | {"train_fraction": train_fraction, "seed": seed}
    progress = Progress("alignment", len(models), "models")
    for done, (model, source, main, heldout, output) in enumerate(
        zip(models, embeddings, encodings, heldouts, scores, strict=True), 1
    ):
        job = job_key([source, main, heldout, responses], params, key)
        if not kept.reuse(output, job):
            embedding = _load(source, recorded)
            found = _recorded_scores(embedding, main, heldout)
            found["heldout_main_recipe"] = _main_recipe(
                embedding, recorded, train_fraction, seed, grid
            )
            null = found["test"]["alignment"], recorded, rows, seed, n_artificial, n_remix
            write_json(found | _artificial_scores(embedding, *null, grid), output)
            kept.keep(output, job)
        progress.update(done, model, final=done == len(models))


def _split(recorded, train_fraction, seed):
    return split_rows(len(recorded.test), train_fraction, generator(seed, "encoding split"))


def _load(source, responses):
    embedding = Embedding.load(source)
    for split in ("test", "heldout"):
        found, expected = getattr(embedding, f"{split}_ids"), getattr(responses, f"{split}_ids")
        if len(found) != len(expected) or (found != expected).any():
            raise InputError(
                str(source),
                f"{len(found)} {split} stimuli that are not those of the responses",
                f"the same {len(expected)} stimuli in the same order",
                "Delete the file and run again, so that both come from the same stimuli.csv.",
            )
    return embedding


def _fit(embedding, recorded, rows, main, heldout, grid):
    """Fit and save one model; return the main result."""
    target = target_neurons(embedding, recorded)
    result = encode(embedding.values("test"), recorded.test, *rows, target=target, **grid)
    result.save(main)
    if len(recorded.heldout) < grid["n_folds"]:
        EncodingResult.empty(len(embedding.units), len(target)).save(heldout)
    else:
        values = embedding.values("heldout")
        encode_heldout(values, recorded.heldout, target=target, **grid).save(heldout)
    return result


def _recorded_scores(embedding, main, heldout):
    found = {}
    for split, path in (("test", main), ("heldout", heldout)):
        result = EncodingResult.load(path)
        score = alignment_score(result.weights, result.r2, embedding.live, result.target)
        found[split] = asdict(score) if result.target.any() else None
    return found


def _main_recipe(embedding, recorded, train_fraction, seed, grid):
    """Score the held-out faces as the main ones are: on a split of their own, by one SE."""
    n = len(recorded.heldout)
    if n * train_fraction < grid["n_folds"]:
        return None
    rows = split_rows(n, train_fraction, generator(seed, "held-out encoding split"))
    target = target_neurons(embedding, recorded)
    result = encode(embedding.values("heldout"), recorded.heldout, *rows, target=target, **grid)
    return asdict(alignment_score(result.weights, result.r2, embedding.live, target))


def _artificial_scores(embedding, alignment, recorded, rows, seed, n_artificial, n_remix, grid):
    target = target_neurons(embedding, recorded)
    train = recorded.test[rows[0]][:, target]
    # Silent neurons have nothing to mix and would dilute the others.
    groups = np.where(train.max(0) > train.min(0), 0, -1)
    mixings = [
        mixing_matrix(groups, generator(seed, "artificial neurons", draw))
        for draw in range(n_artificial)
    ]
    values, live = embedding.values("test"), embedding.live
    scores = remix_scores(values, recorded.test, *rows, mixings, live=live, target=target, **grid)
    populations = null_populations(values, recorded.test[:, target], n_remix, seed)
    drawn = population_scores(values, populations, *rows, live=live, **grid)
    null = remix_null(alignment, [score.alignment for score in drawn])
    return {
        "artificial": [asdict(score) for score in scores],
        "remix": null.remixes.tolist(),
        "remix_gap": null.gap,
        "remix_p": null.p,
    }
