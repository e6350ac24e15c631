# Networks trained on the mirrored images, and what they say of each image.

TRAINED_MODELS = of(*TRAINED)
BY_ID = {model.id: model for model in TRAINED_MODELS}
OPTIONS = config["training"]


# Models whose weights are kept at fractions of the schedule, to see whether less would do.
FRACTIONS = OPTIONS["convergence"]["fractions"]
FOLLOWED = [
    m for m in of("beta_vae") if m.parameters["beta"] in OPTIONS["convergence"]["betas"]
]
FOLLOWED = FOLLOWED if FRACTIONS and OPTIONS["models_per_job"] == 1 else []


# One rule for models that keep snapshots and one for the others; they differ in their outputs.
KINDS = {"train_model": [m for m in TRAINED_MODELS if m not in FOLLOWED]}
KINDS["train_followed_model"] = FOLLOWED

for KIND, MEMBERS in KINDS.items():
    if not MEMBERS or OPTIONS["models_per_job"] > 1:
        continue

    rule:
        name:
            KIND
        input:
            images="results/{run}/images/train.npy",
            stimuli="results/{run}/stimuli.csv",
        output:
            weights=["results/{run}/models/{family}/{model}.safetensors"],
            info=["results/{run}/models/{family}/{model}.json"],
            curves=["results/{run}/models/{family}/{model}.curves.parquet"],
            snapshots=(
                [
                    f"results/{{run}}/convergence/{{family}}/{{model}}.at{f}.safetensors"
                    for f in FRACTIONS
                ]
                if KIND == "train_followed_model"
                else []
            ),
        log:
            "results/{run}/logs/train_model/{family}/{model}.log",
        benchmark:
            "results/{run}/benchmarks/train_model/{family}/{model}.tsv"
        wildcard_constraints:
            family="|".join(TRAINED),
            model="|".join(re.escape(model.id) for model in MEMBERS),
        priority: 10  # the longest jobs first: what they lead to fills the gaps
        conda:
            "../../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=memory(1500),
            runtime=7 * 24 * 60,
            gpu=gpus(),
        params:
            **training_params(),
            learning_rate=lambda wildcards: learning_rate(wildcards.family),
            models=lambda wildcards: records([BY_ID[wildcards.model]]),
            snapshot_fractions=FRACTIONS if KIND == "train_followed_model" else [],
        message:
            "Training {wildcards.model} for up to {params.steps} steps"
        script:
            "../scripts/train_models.py"


if OPTIONS["models_per_job"] > 1:

    for BATCH, MEMBERS in batches(TRAINED_MODELS, OPTIONS["models_per_job"]).items():

        rule:
            name:
                f"train_models_{BATCH}"
            input:
                images="results/{run}/images/train.npy",
                stimuli="results/{run}/stimuli.csv",
            output:
                weights=paths("models/{family}/{model}.safetensors", MEMBERS),
                info=paths("models/{family}/{model}.json", MEMBERS),
                curves=paths("models/{family}/{model}.curves.parquet", MEMBERS),
            log:
                f"results/{{run}}/logs/train_models/{BATCH}.log",
            benchmark:
                f"results/{{run}}/benchmarks/train_models/{BATCH}.tsv"
            priority: 10
            conda:
                "../../envs/training.yaml"
            threads: len(MEMBERS)
            resources:
                mem_mb=memory(1500 * len(MEMBERS)),
                runtime=7 * 24 * 60,
                gpu=gpus(),
            params:
                **training_params(),
                learning_rate=learning_rate(MEMBERS[0].family),
                models=records(MEMBERS),
            message:
                f"Training {len(MEMBERS)} models, {MEMBERS[0].id} to {MEMBERS[-1].id}"
            script:
                "../scripts/train_models.py"


for BATCH, MEMBERS in batches(TRAINED_MODELS, config["jobs"]["models_per_job"]).items():

    rule:
        name:
            f"embed_models_{BATCH}"
        input:
            weights=paths("models/{family}/{model}.safetensors", MEMBERS, RESULTS),
            train=f"{RESULTS}/images/train.npy",
            test=f"{RESULTS}/images/test.npy",
            heldout=f"{RESULTS}/images/heldout.npy",
            stimuli=f"{RESULTS}/stimuli.csv",
        output:
            embeddings=paths("embeddings/{family}/{model}{{npz}}", MEMBERS, RESULTS),
        log:
            f"{RESULTS}/logs/embed_models/{BATCH}{{npz}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/embed_models/{BATCH}{{npz}}.tsv"
        conda:
            "../../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=120,
        params:
            models=[model.id for model in MEMBERS],
            live_threshold=OPTIONS["live_threshold"],
            cache=f"{RESULTS}/.cache/embed_models",
            key=code("embed_models"),
        message:
            f"Embedding all images with {len(MEMBERS)} networks, {MEMBERS[0].id} to {MEMBERS[-1].id}"
        script:
            "../scripts/embed_models.py"


if FOLLOWED:

    rule embed_snapshots:
        input:
            weights=snapshots(FOLLOWED, "safetensors", RESULTS),
            train=f"{RESULTS}/images/train.npy",
            test=f"{RESULTS}/images/test.npy",
            heldout=f"{RESULTS}/images/heldout.npy",
            stimuli=f"{RESULTS}/stimuli.csv",
        output:
            embeddings=snapshots(FOLLOWED, "npz", RESULTS),
        log:
            f"{RESULTS}/logs/embed_snapshots.log",
        benchmark:
            f"{RESULTS}/benchmarks/embed_snapshots.tsv"
        conda:
            "../../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=120,
        params:
            models=[f"{m.id}.at{f}" for m in FOLLOWED for f in FRACTIONS],
            live_threshold=OPTIONS["live_threshold"],
            cache=f"{RESULTS}/.cache/embed_snapshots",
            key=code("embed_models"),
        message:
            f"Embedding the images with {len(FOLLOWED)} networks at {len(FRACTIONS)} stages of training"
        script:
            "../scripts/embed_models.py"
