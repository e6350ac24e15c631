# From embeddings, fits and responses to the tables of the contract.

ALL_MODELS = [model for family in MODELS.values() for model in family]
SELECTION = {"selection": "results/{run}/selection.csv"} if of("beta_vae") else {}
# Models with a decoder; the figures show the likelihood of their images.
DECODERS = of("beta_vae", "vae", "ae")


rule tabulate_models:
    input:
        **SELECTION,
        embeddings=embeddings(ALL_MODELS),
    output:
        table="results/{run}/tables/models.csv",
    log:
        "results/{run}/logs/tabulate_models.log",
    benchmark:
        "results/{run}/benchmarks/tabulate_models.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=60,
    params:
        models=records(ALL_MODELS),
        code=code("tabulate_models"),
    message:
        "Listing every model: size, live units, UDR, selection"
    script:
        "../scripts/tabulate_models.py"


if DECODERS:

    rule tabulate_nll:
        input:
            embeddings=embeddings(DECODERS),
        output:
            table="results/{run}/tables/nll.csv",
        log:
            "results/{run}/logs/tabulate_nll.log",
        benchmark:
            "results/{run}/benchmarks/tabulate_nll.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=60,
        params:
            models=records(DECODERS),
            code=code("tabulate_nll"),
        message:
            "Listing the negative log-likelihood of every image under every network with a decoder"
        script:
            "../scripts/tabulate_nll.py"


if SCORED:

    rule tabulate_alignment:
        input:
            scores=paths("scores/{family}/{model}.json", SCORED),
        output:
            table="results/{run}/tables/alignment.csv",
            artificial="results/{run}/tables/alignment_artificial.csv",
            heldout="results/{run}/tables/alignment_heldout.csv",
        log:
            "results/{run}/logs/tabulate_alignment.log",
        benchmark:
            "results/{run}/benchmarks/tabulate_alignment.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=60,
        params:
            models=records(SCORED),
            code=code("tabulate_alignment"),
        message:
            "Listing the alignment of every model, with its remix gap"
        script:
            "../scripts/tabulate_alignment.py"

    rule tabulate_correlation:
        input:
            embeddings=embeddings(SCORED),
            responses="results/{run}/responses.npz",
        output:
            table="results/{run}/tables/correlation.csv",
        log:
            "results/{run}/logs/tabulate_correlation.log",
        benchmark:
            "results/{run}/benchmarks/tabulate_correlation.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=60,
        params:
            models=records(SCORED),
            code=code("tabulate_correlation"),
        message:
            "Correlating every unit with every neuron"
        script:
            "../scripts/tabulate_correlation.py"

    rule tabulate_variance:
        input:
            embeddings=embeddings(SCORED),
            responses="results/{run}/responses.npz",
            models="results/{run}/tables/models.csv",
        output:
            table="results/{run}/tables/variance_explained.csv",
            per_neuron="results/{run}/tables/variance_explained_per_neuron.csv",
            ratios="results/{run}/tables/single_unit_ratios.csv",
        log:
            "results/{run}/logs/tabulate_variance.log",
        benchmark:
            "results/{run}/benchmarks/tabulate_variance.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=60,
        params:
            models=records(SCORED),
            n_folds=config["scores"]["folds"],
            seed=config["seed"],
            code=code("tabulate_variance"),
        message:
            "Measuring encoding and decoding variance explained"
        script:
            "../scripts/tabulate_variance.py"

    rule tabulate_decoding:
        input:
            embeddings=embeddings(SCORED),
            responses="results/{run}/responses.npz",
        output:
            table="results/{run}/tables/decoding.csv",
        log:
            "results/{run}/logs/tabulate_decoding.log",
        benchmark:
            "results/{run}/benchmarks/tabulate_decoding.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=60,
        params:
            models=records(SCORED),
            code=code("tabulate_decoding"),
        message:
            "Matching neurons to units one to one and decoding held-out faces"
        script:
            "../scripts/tabulate_decoding.py"


if SCORED and of("beta_vae"):

    rule tabulate_udr:
        input:
            models="results/{run}/tables/models.csv",
            alignment="results/{run}/tables/alignment.csv",
        output:
            table="results/{run}/tables/udr.csv",
            running="results/{run}/tables/udr_running.csv",
        log:
            "results/{run}/logs/tabulate_udr.log",
        benchmark:
            "results/{run}/benchmarks/tabulate_udr.tsv"
        conda:
            "../../envs/statistics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=60,
        params:
            seed=config["seed"],
            code=code("tabulate_udr"),
        message:
            "Relating UDR to alignment"
        script:
            "../scripts/tabulate_udr.py"
