"""Render a built-in dataset of faces: pictures, factors and landmarks.

Inputs: asset (head_min.npz).
Outputs: images (folder), stimuli (stimuli.csv), landmarks (landmarks.csv), all in one folder.
Params: kind ("demo" or "sufr"), n_main, n_heldout (demo), n_identities (sufr), image_size, seed,
landmark_jitter_px. Uses as many processes as threads; the files do not depend on their number.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from pathlib import Path

        from facepatch.faces.dataset import render_demo, render_sufr

        folder = Path(smk.output.stimuli).parent
        shared = {
            "size": smk.params.image_size,
            "seed": smk.params.seed,
            "landmark_jitter_px": smk.params.landmark_jitter_px,
            "processes": smk.threads,
        }
        if smk.params.kind == "sufr":
            render_sufr(folder, smk.input.asset, n_identities=smk.params.n_identities, **shared)
        else:
            counts = {"n_main": smk.params.n_main, "n_heldout": smk.params.n_heldout}
            render_demo(folder, smk.input.asset, **counts, **shared)


if "snakemake" in globals():
    main(snakemake)
