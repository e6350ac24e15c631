# Families that are fitted, not trained: one job a family, since their sizes share the work.

IMAGES = {
    split: f"{RESULTS}/images/{split}.npy" for split in ("train", "test", "heldout")
}

if of("pca"):

    rule fit_pca:
        input:
            **IMAGES,
            stimuli=f"{RESULTS}/stimuli.csv",
        output:
            weights=paths("models/{family}/{model}.safetensors", of("pca"), RESULTS),
            info=paths("models/{family}/{model}.json", of("pca"), RESULTS),
            embeddings=embeddings(of("pca"), RESULTS),
        log:
            f"{RESULTS}/logs/fit_pca.log",
        benchmark:
            f"{RESULTS}/benchmarks/fit_pca.tsv"
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
            stimuli=f"{RESULTS}/stimuli.csv",
        output:
            weights=paths("models/{family}/{model}.safetensors", of("ica"), RESULTS),
            info=paths("models/{family}/{model}.json", of("ica"), RESULTS),
            embeddings=embeddings(of("ica"), RESULTS),
        log:
            f"{RESULTS}/logs/fit_ica.log",
        benchmark:
            f"{RESULTS}/benchmarks/fit_ica.tsv"
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
            stimuli=f"{RESULTS}/stimuli.csv",
        output:
            embedding=f"{RESULTS}/embeddings/factors/factors-true.npz",
        log:
            f"{RESULTS}/logs/embed_factors.log",
        benchmark:
            f"{RESULTS}/benchmarks/embed_factors.tsv"
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
            stimuli=f"{RESULTS}/stimuli.csv",
            landmarks=FILES.landmarks,
        output:
            weights=paths("models/{family}/{model}.safetensors", of("aam"), RESULTS),
            info=paths("models/{family}/{model}.json", of("aam"), RESULTS),
            embeddings=embeddings(of("aam"), RESULTS),
        log:
            f"{RESULTS}/logs/fit_aam.log",
        benchmark:
            f"{RESULTS}/benchmarks/fit_aam.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=60,
        params:
            models=records(of("aam")),
            folder=lambda wildcards, input: str(Path(input.landmarks).parent),
            code=code("fit_aam"),
        message:
            f"Fitting active appearance models at {len(of('aam'))} sizes"
        script:
            "../scripts/fit_aam.py"


VGG = config["models"]["vgg_weights"]

if VGG["file"] and of("vgg_raw", "vgg_pca"):
    check_once(
        f"weights-{VGG['sha256']}-{state_of(Path(VGG['file']))}",
        lambda: check_weights_file(VGG["file"], VGG["sha256"]),
    )

if of("vgg_raw", "vgg_pca"):

    rule embed_vgg:
        input:
            test=IMAGES["test"],
            heldout=IMAGES["heldout"],
            stimuli=f"{RESULTS}/stimuli.csv",
            weights=[VGG["file"]] if VGG["file"] else [],
        output:
            features=f"{RESULTS}/models/vgg/fc7.npz",
            info=f"{RESULTS}/models/vgg/fc7.json",
        log:
            f"{RESULTS}/logs/embed_vgg.log",
        benchmark:
            f"{RESULTS}/benchmarks/embed_vgg.tsv"
        conda:
            "../../envs/training.yaml"
        threads: 4 if VGG["file"] else 1  # random weights see small images
        resources:
            mem_mb=memory(4000),
            runtime=240,
        params:
            weights=VGG["file"],
            sha256=VGG["sha256"],
            image_size=VGG["image_size"],
            seed=config["seed"],
            code=code("embed_vgg"),
        message:
            f"Passing the images through VGG-16 with {VGG['file'] or 'random weights: VGG (untrained)'}"
        script:
            "../scripts/embed_vgg.py"


if of("vgg_raw"):

    rule draw_vgg_units:
        input:
            features=f"{RESULTS}/models/vgg/fc7.npz",
        output:
            embeddings=embeddings(of("vgg_raw"), RESULTS),
        log:
            f"{RESULTS}/logs/draw_vgg_units.log",
        benchmark:
            f"{RESULTS}/benchmarks/draw_vgg_units.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=60,
        params:
            models=records(of("vgg_raw")),
            seed=config["seed"],
            code=code("draw_vgg_units"),
        message:
            f"Drawing {len(of('vgg_raw'))} sets of VGG's units"
        script:
            "../scripts/draw_vgg_units.py"


if of("vgg_pca"):

    rule fit_vgg_pca:
        input:
            features=f"{RESULTS}/models/vgg/fc7.npz",
        output:
            weights=paths("models/{family}/{model}.safetensors", of("vgg_pca"), RESULTS),
            info=paths("models/{family}/{model}.json", of("vgg_pca"), RESULTS),
            embeddings=embeddings(of("vgg_pca"), RESULTS),
        log:
            f"{RESULTS}/logs/fit_vgg_pca.log",
        benchmark:
            f"{RESULTS}/benchmarks/fit_vgg_pca.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=60,
        params:
            models=records(of("vgg_pca")),
            code=code("fit_vgg_pca"),
        message:
            f"Fitting PCA of VGG's units at {len(of('vgg_pca'))} sizes"
        script:
            "../scripts/fit_vgg_pca.py"


if of("external"):

    rule import_embeddings:
        input:
            files=[model.parameters["file"] for model in of("external")],
            stimuli=f"{RESULTS}/stimuli.csv",
        output:
            embeddings=embeddings(of("external"), RESULTS),
        log:
            f"{RESULTS}/logs/import_embeddings.log",
        benchmark:
            f"{RESULTS}/benchmarks/import_embeddings.tsv"
        conda:
            "../../envs/data.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=60,
        params:
            code=code("import_embeddings"),
        message:
            f"Reading {len(of('external'))} embeddings of your own models"
        script:
            "../scripts/import_embeddings.py"
