# From embeddings and responses to Lasso fits and alignment.

FITS = batches(SCORED, config["jobs"]["models_per_job"])

for BATCH, MEMBERS in FITS.items():

    rule:
        name:
            f"fit_encoding_{BATCH}"
        input:
            embeddings=embeddings(MEMBERS),
            responses="results/{run}/responses.npz",
        output:
            encoding=paths("encoding/{family}/{model}.npz", MEMBERS),
            heldout=paths("encoding/{family}/{model}_heldout.npz", MEMBERS),
        log:
            f"results/{{run}}/logs/fit_encoding/{BATCH}.log",
        benchmark:
            f"results/{{run}}/benchmarks/fit_encoding/{BATCH}.tsv"
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
            cache="results/{run}/.cache/fit_encoding",
            key=code("fit_encoding"),
        message:
            f"Fitting one Lasso a neuron for {len(MEMBERS)} models, {MEMBERS[0].id} to {MEMBERS[-1].id}"
        script:
            "../scripts/fit_encoding.py"

    rule:
        name:
            f"remix_alignment_{BATCH}"
        input:
            embeddings=embeddings(MEMBERS),
            encodings=paths("encoding/{family}/{model}.npz", MEMBERS),
            heldout=paths("encoding/{family}/{model}_heldout.npz", MEMBERS),
            responses="results/{run}/responses.npz",
        output:
            scores=paths("scores/{family}/{model}.json", MEMBERS),
        log:
            f"results/{{run}}/logs/remix_alignment/{BATCH}.log",
        benchmark:
            f"results/{{run}}/benchmarks/remix_alignment/{BATCH}.tsv"
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
            n_artificial=config["controls"]["artificial_draws"],
            n_remix=config["controls"]["remixes"],
            train_fraction=config["encoding"]["train_fraction"],
            n_folds=config["encoding"]["folds"],
            n_alphas=config["encoding"]["alphas"],
            eps=config["encoding"]["alpha_ratio"],
            seed=config["seed"],
            cache="results/{run}/.cache/remix_alignment",
            key=code("remix_alignment"),
        message:
            f"Scoring alignment against remixed neurons for {len(MEMBERS)} models, {MEMBERS[0].id} to {MEMBERS[-1].id}"
        script:
            "../scripts/remix_alignment.py"
