"""Rebuild the held-out faces from the matched neurons, by the AE, VAE and beta-VAE of Fig 7c.

Inputs: `models` (tables/models.csv, whose `instance` names one model a family),
`embeddings` (list of npz) and `weights` (list of safetensors) of all AEs, VAEs and
beta-VAEs in one order, `responses`, `images` (heldout.npy).
Outputs: `table` (tables/reconstructions.csv), `images` (npz: `stimuli`, `original`, and per
family `<family>` from neurons, `<family>_code` from its own code, `<family>_neurons`,
`<family>_units`, `<family>_model`).
Params: `models` (list of the catalogue's records, in the order of the embeddings).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import numpy as np
        import pandas as pd
        from facepatch.decoded_faces import decode_faces, distance_table
        from facepatch.embedding import Embedding
        from facepatch.files import write_csv, write_npz
        from facepatch.reconstruction import load_decoder
        from facepatch.responses import Responses

        table = pd.read_csv(str(smk.input.models))
        instances = set(table.loc[table["instance"], "model"])
        responses = Responses.load(smk.input.responses)
        originals = np.load(smk.input.images, mmap_mode="r", allow_pickle=False)
        found = {}
        files = zip(smk.params.models, smk.input.embeddings, smk.input.weights, strict=True)
        for record, embedding, weights in files:
            if record["id"] in instances:
                decode = load_decoder(weights).decode
                faces = decode_faces(Embedding.load(embedding), responses, decode)
                found[record["family"], record["id"]] = faces
        write_csv(distance_table(found, originals, responses.heldout_ids), smk.output.table)
        arrays = {"stimuli": responses.heldout_ids, "original": originals}
        for (family, model), faces in found.items():
            arrays |= {family: faces.from_neurons, f"{family}_code": faces.from_code}
            arrays |= {f"{family}_neurons": faces.neurons, f"{family}_units": faces.units}
            arrays[f"{family}_model"] = np.array(model)
        write_npz(smk.output.images, **arrays)


if "snakemake" in globals():
    main(snakemake)
