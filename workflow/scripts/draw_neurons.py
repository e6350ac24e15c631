"""Neuron subsets, each as sparse as the selected β-VAE of its rank.

Inputs: selection (selection.csv), responses (.npz).
Outputs: embeddings (list, one per subset).
Params: models (list of dicts: id, rank), seed.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.models.neuron_subsets import subset_embedding
        from facepatch.neurons.responses import Responses
        from facepatch.scores.selection import model_of_rank, read_selection
        from facepatch.seeds import generator

        responses = Responses.load(smk.input.responses)
        selected = read_selection(smk.input.selection)
        for model, output in zip(smk.params.models, smk.output.embeddings, strict=True):
            match = model_of_rank(selected, model["rank"], model["id"])
            rng = generator(smk.params.seed, "neurons", model["id"])
            subset = subset_embedding(responses, match["n_live"], match["n_units"], rng)
            subset.save(output)
            print(f"{model['id']}: {subset.n_live} neurons for {match['n_live']} live units")


if "snakemake" in globals():
    main(snakemake)
