# Networks trained on the mirrored images, and what they say of each image.

TRAINED_MODELS = of(*TRAINED)
BY_ID = {model.id: model for model in TRAINED_MODELS}
OPTIONS = config["training"]


def gpus():
    """Return how many GPUs a training job asks for: one where there is one to be had."""
    detected = shutil.which("nvidia-smi") or sys.platform == "darwin"
    return int(
        OPTIONS["device"] in ("cuda", "mps")
        or (OPTIONS["device"] == "auto" and bool(detected))
    )


def training_params():
    """Return what all training jobs share."""
    return {
        "seed": config["seed"],
        "steps": OPTIONS["steps"],
        "batch_size": OPTIONS["batch_size"],
        "learning_rate": OPTIONS["learning_rate"],
        "latent_units": OPTIONS["latent_units"],
        "hidden_units": OPTIONS["hidden_units"],
        "max_shift": config["models"]["classifier"]["max_shift"],
        "engine": OPTIONS["engine"],
        "device": OPTIONS["device"],
        "precision": OPTIONS["precision"],
        "checkpoint_folder": "results/{run}/.checkpoints",
        "checkpoint_seconds": OPTIONS["checkpoint_seconds"],
        "code": code("train_models"),
    }


if TRAINED_MODELS and OPTIONS["models_per_job"] == 1:

    rule train_model:
        input:
            images="results/{run}/images/train.npy",
            stimuli="results/{run}/stimuli.csv",
        output:
            weights=["results/{run}/models/{family}/{model}.safetensors"],
            info=["results/{run}/models/{family}/{model}.json"],
            curves=["results/{run}/models/{family}/{model}.curves.parquet"],
        log:
            "results/{run}/logs/train_model/{family}/{model}.log",
        benchmark:
            "results/{run}/benchmarks/train_model/{family}/{model}.tsv"
        wildcard_constraints:
            family="|".join(TRAINED),
        conda:
            "../../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=memory(1500),
            runtime=7 * 24 * 60,
            gpu=gpus(),
        params:
            **training_params(),
            models=lambda wildcards: records([BY_ID[wildcards.model]]),
        message:
            "Training {wildcards.model} for {params.steps} steps"
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
            conda:
                "../../envs/training.yaml"
            threads: len(MEMBERS)
            resources:
                mem_mb=memory(1500 * len(MEMBERS)),
                runtime=7 * 24 * 60,
                gpu=gpus(),
            params:
                **training_params(),
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
            weights=paths("models/{family}/{model}.safetensors", MEMBERS),
            train="results/{run}/images/train.npy",
            test="results/{run}/images/test.npy",
            heldout="results/{run}/images/heldout.npy",
            stimuli="results/{run}/stimuli.csv",
        output:
            embeddings=embeddings(MEMBERS),
        log:
            f"results/{{run}}/logs/embed_models/{BATCH}.log",
        benchmark:
            f"results/{{run}}/benchmarks/embed_models/{BATCH}.tsv"
        conda:
            "../../envs/training.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=120,
        params:
            models=[model.id for model in MEMBERS],
            live_threshold=OPTIONS["live_threshold"],
            cache="results/{run}/.cache/embed_models",
            key=code("embed_models"),
        message:
            f"Embedding all images with {len(MEMBERS)} networks, {MEMBERS[0].id} to {MEMBERS[-1].id}"
        script:
            "../scripts/embed_models.py"
