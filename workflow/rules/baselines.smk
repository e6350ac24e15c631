# Families that are fitted, not trained: one job a family, since their sizes share the work.

IMAGES = {
    split: f"results/{{run}}/images/{split}.npy"
    for split in ("train", "test", "heldout")
}

if of("pca"):

    rule fit_pca:
        input:
            **IMAGES,
            stimuli="results/{run}/stimuli.csv",
        output:
            weights=paths("models/{family}/{model}.safetensors", of("pca")),
            info=paths("models/{family}/{model}.json", of("pca")),
            embeddings=embeddings(of("pca")),
        log:
            "results/{run}/logs/fit_pca.log",
        benchmark:
            "results/{run}/benchmarks/fit_pca.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=60,
        params:
            models=records(of("pca")),
            code=code("fit_pca"),
        message:
            f"Fitting PCA of pixels at {len(of('pca'))} sizes"
        script:
            "../scripts/fit_pca.py"


if of("ica"):

    rule fit_ica:
        input:
            **IMAGES,
            stimuli="results/{run}/stimuli.csv",
        output:
            weights=paths("models/{family}/{model}.safetensors", of("ica")),
            info=paths("models/{family}/{model}.json", of("ica")),
            embeddings=embeddings(of("ica")),
        log:
            "results/{run}/logs/fit_ica.log",
        benchmark:
            "results/{run}/benchmarks/fit_ica.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=120,
        params:
            models=records(of("ica")),
            seed=config["seed"],
            max_iterations=400,
            tolerance=1e-5,
            code=code("fit_ica"),
        message:
            f"Fitting {len(of('ica'))} ICA models of pixels"
        script:
            "../scripts/fit_ica.py"


if of("factors"):

    rule embed_factors:
        input:
            stimuli="results/{run}/stimuli.csv",
        output:
            embedding="results/{run}/embeddings/factors/factors-true.npz",
        log:
            "results/{run}/logs/embed_factors.log",
        benchmark:
            "results/{run}/benchmarks/embed_factors.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(500),
            runtime=10,
        params:
            n_units=config["training"]["latent_units"],
            code=code("embed_factors"),
        message:
            "Taking the dataset's true factors as the units of a perfect model: the ceiling"
        script:
            "../scripts/embed_factors.py"


if of("aam"):

    rule fit_aam:
        input:
            **IMAGES,
            stimuli="results/{run}/stimuli.csv",
            landmarks=FILES.landmarks,
        output:
            weights=paths("models/{family}/{model}.safetensors", of("aam")),
            info=paths("models/{family}/{model}.json", of("aam")),
            embeddings=embeddings(of("aam")),
        log:
            "results/{run}/logs/fit_aam.log",
        benchmark:
            "results/{run}/benchmarks/fit_aam.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=60,
        params:
            models=records(of("aam")),
            folder=DATA,
            code=code("fit_aam"),
        message:
            f"Fitting active appearance models at {len(of('aam'))} sizes"
        script:
            "../scripts/fit_aam.py"
