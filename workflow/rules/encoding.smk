# From embeddings and responses to Lasso fits and alignment.

# Outputs of these rules begin with the run's own folder and end in a wildcard, rather than the
# other way round: Snakemake finds the producer of a file by the constant beginning of outputs,
# and thousands that all begin with "results/" would make it slow to plan the paper's run.

FITS = batches(SCORED, config["jobs"]["models_per_job"])

for BATCH, MEMBERS in FITS.items():

    rule:
        name:
            f"fit_encoding_{BATCH}"
        input:
            embeddings=embeddings(MEMBERS, RESULTS),
            responses=f"{RESULTS}/responses.npz",
        output:
            encoding=paths("encoding/{family}/{model}{{npz}}", MEMBERS, RESULTS),
            heldout=paths("encoding/{family}/{model}_heldout{{npz}}", MEMBERS, RESULTS),
        log:
            f"{RESULTS}/logs/fit_encoding/{BATCH}{{npz}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/fit_encoding/{BATCH}{{npz}}.tsv"
        group:
            "fits"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=120,
        params:
            models=[model.id for model in MEMBERS],
            train_fraction=config["encoding"]["train_fraction"],
            n_folds=config["encoding"]["folds"],
            n_alphas=config["encoding"]["alphas"],
            eps=config["encoding"]["alpha_ratio"],
            seed=config["seed"],
            cache=f"{RESULTS}/.cache/fit_encoding",
            key=code("fit_encoding"),
        message:
            f"Fitting one Lasso a neuron for {len(MEMBERS)} models, {MEMBERS[0].id} to {MEMBERS[-1].id}"
        script:
            "../scripts/fit_encoding.py"

    rule:
        name:
            f"remix_alignment_{BATCH}"
        input:
            embeddings=embeddings(MEMBERS, RESULTS),
            encodings=paths("encoding/{family}/{model}.npz", MEMBERS, RESULTS),
            heldout=paths("encoding/{family}/{model}_heldout.npz", MEMBERS, RESULTS),
            responses=f"{RESULTS}/responses.npz",
        output:
            scores=paths("scores/{family}/{model}{{json}}", MEMBERS, RESULTS),
        log:
            f"{RESULTS}/logs/remix_alignment/{BATCH}{{json}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/remix_alignment/{BATCH}{{json}}.tsv"
        group:
            "fits"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=240,
        params:
            models=[model.id for model in MEMBERS],
            n_artificial=artificial_draws(MEMBERS[0].family),
            n_remix=config["controls"]["remixes"],
            train_fraction=config["encoding"]["train_fraction"],
            n_folds=config["encoding"]["folds"],
            n_alphas=config["encoding"]["alphas"],
            eps=config["encoding"]["alpha_ratio"],
            seed=config["seed"],
            cache=f"{RESULTS}/.cache/remix_alignment",
            key=code("remix_alignment"),
        message:
            f"Scoring alignment against remixed neurons for {len(MEMBERS)} models, {MEMBERS[0].id} to {MEMBERS[-1].id}"
        script:
            "../scripts/remix_alignment.py"
