# Tests between models, people's ratings, the paper's numbers, and shorter schedules.


rule tabulate_statistics:
    input:
        unpack(tables_for_statistics),
    output:
        table="results/{run}/tables/statistics.csv",
    log:
        "results/{run}/logs/tabulate_statistics.log",
    benchmark:
        "results/{run}/benchmarks/tabulate_statistics.tsv"
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=60,
    params:
        seed=config["seed"],
        n_resamples=config["scores"]["bootstraps"],
        code=code("tabulate_statistics"),
    message:
        "Testing every comparison that the figures show"
    script:
        "../scripts/tabulate_statistics.py"


# Networks that Figs 2 and 7 look into.
PICTURES = of("beta_vae", "vae", "ae") if SCORED else []


if FILES.ratings or PICTURES:

    rule tabulate_ratings:
        input:
            unpack(rating_inputs),
        output:
            label_counts="results/{run}/tables/label_counts.csv",
            label_agreement="results/{run}/tables/label_agreement.csv",
            ranking_scores="results/{run}/tables/ranking_scores.csv",
            ranking_tests="results/{run}/tables/ranking_tests.csv",
        log:
            "results/{run}/logs/tabulate_ratings.log",
        benchmark:
            "results/{run}/benchmarks/tabulate_ratings.tsv"
        conda:
            "../../envs/statistics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=60,
        params:
            models=records(of("beta_vae")),
            n_raters=config["scores"]["raters"],
            n_faces=config["scores"]["rated_faces"],
            seed=config["seed"],
            code=code("tabulate_ratings"),
        message:
            "Counting labels and ranks given by participants, or by simulated raters"
        script:
            "../scripts/tabulate_ratings.py"


rule compare_with_paper:
    input:
        unpack(tables_for_paper),
    output:
        table="results/{run}/tables/paper_comparison.csv",
    log:
        "results/{run}/logs/compare_with_paper.log",
    benchmark:
        "results/{run}/benchmarks/compare_with_paper.tsv"
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=60,
    params:
        simulated_neurons=config["recordings"]["simulate"],
        untrained_vgg=not VGG["file"],
        sufr=config["dataset"]["source"] == "sufr",
        rendered_faces=RENDERED,
        code=code("compare_with_paper"),
    message:
        "Setting the numbers of the paper beside those of the run"
    script:
        "../scripts/compare_with_paper.py"


if FOLLOWED:

    rule tabulate_convergence:
        input:
            snapshots=snapshots(FOLLOWED, "npz"),
            finals=embeddings(FOLLOWED),
            info=[f"results/{{run}}/models/{m.family}/{m.id}.json" for m in FOLLOWED],
            responses="results/{run}/responses.npz" if FILES.recordings else [],
        output:
            table="results/{run}/tables/convergence.csv",
        log:
            "results/{run}/logs/tabulate_convergence.log",
        benchmark:
            "results/{run}/benchmarks/tabulate_convergence.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1000),
            runtime=60,
        params:
            models=records(FOLLOWED),
            fractions=FRACTIONS,
            train_fraction=config["encoding"]["train_fraction"],
            n_folds=config["encoding"]["folds"],
            n_alphas=config["encoding"]["alphas"],
            eps=config["encoding"]["alpha_ratio"],
            seed=config["seed"],
            code=code("tabulate_convergence"),
        message:
            "Scoring beta-VAEs on the way through their training"
        script:
            "../scripts/tabulate_convergence.py"
