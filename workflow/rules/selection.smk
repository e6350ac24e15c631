# UDR of every beta-VAE, the choice of the best, and the models that are made from them.

if of("beta_vae"):

    rule select_models:
        input:
            embeddings=embeddings(of("beta_vae"), RESULTS),
        output:
            selection=f"{RESULTS}/selection.csv",
        log:
            f"{RESULTS}/logs/select_models.log",
        benchmark:
            f"{RESULTS}/benchmarks/select_models.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=60,
        params:
            models=records(of("beta_vae")),
            n_models=len(of("beta_vae")),
            n_selected=COUNTS["selected"],
            code=code("select_models"),
        message:
            "Computing the UDR of {params.n_models} beta-VAEs and marking the best {params.n_selected}"
        script:
            "../scripts/select_models.py"


if of("beta_vae_rotated"):

    rule rotate_units:
        input:
            selection=f"{RESULTS}/selection.csv",
            embeddings=embeddings(of("beta_vae"), RESULTS),
        output:
            embeddings=embeddings(of("beta_vae_rotated"), RESULTS),
        log:
            f"{RESULTS}/logs/rotate_units.log",
        benchmark:
            f"{RESULTS}/benchmarks/rotate_units.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=30,
        params:
            models=records(of("beta_vae_rotated")),
            sources=[model.id for model in of("beta_vae")],
            seed=config["seed"],
            code=code("rotate_units"),
        message:
            "Rotating the live latents of the selected beta-VAEs: the control of sparsity"
        script:
            "../scripts/rotate_units.py"


if of("neurons"):

    rule draw_neurons:
        input:
            selection=f"{RESULTS}/selection.csv",
            responses=f"{RESULTS}/responses.npz",
        output:
            embeddings=embeddings(of("neurons"), RESULTS),
        log:
            f"{RESULTS}/logs/draw_neurons.log",
        benchmark:
            f"{RESULTS}/benchmarks/draw_neurons.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=30,
        params:
            models=records(of("neurons")),
            seed=config["seed"],
            code=code("draw_neurons"),
        message:
            "Drawing subsets of neurons, each as sparse as one selected beta-VAE"
        script:
            "../scripts/draw_neurons.py"
