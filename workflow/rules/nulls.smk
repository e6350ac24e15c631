# Which null of the alignment score is right, by simulation (target null_calibration).

NULLS = config["null_calibration"]


NULL_JOBS = {
    f"{condition}-f{fraction}-{first:04d}": (condition, fraction, first, count)
    for condition in dict.fromkeys(NULLS["conditions"] + NULLS["power_conditions"])
    for fraction in fractions(condition)
    for first, count in blocks(fraction).items()
}

for JOB, (CONDITION, FRACTION, FIRST, COUNT) in NULL_JOBS.items():

    rule:
        name:
            f"simulate_nulls_{JOB}"
        output:
            outcomes=f"{RESULTS}/null_calibration/{JOB}.csv",
        log:
            f"{RESULTS}/logs/simulate_nulls/{JOB}.log",
        benchmark:
            f"{RESULTS}/benchmarks/simulate_nulls/{JOB}.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(1500),
            runtime=240,
        params:
            condition=CONDITION,
            fraction=FRACTION,
            first=FIRST,
            number=COUNT,
            nulls=NULLS["nulls"],
            n_draws=NULLS["draws"],
            level=NULLS["level"],
            n_folds=NULLS["folds"],
            n_alphas=NULLS["alphas"],
            eps=config["encoding"]["alpha_ratio"],
            seed=config["seed"],
            code=code("simulate_nulls"),
        message:
            f"Testing {COUNT} populations: {CONDITION}, {FRACTION:.0%} axis-tuned, from number {FIRST}"
        script:
            "../scripts/simulate_nulls.py"


rule tabulate_nulls:
    input:
        outcomes=[f"{RESULTS}/null_calibration/{job}.csv" for job in NULL_JOBS],
    output:
        table=f"{RESULTS}/tables/null_calibration.csv",
    log:
        f"{RESULTS}/logs/tabulate_nulls.log",
    benchmark:
        f"{RESULTS}/benchmarks/tabulate_nulls.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=memory(500),
        runtime=10,
    params:
        code=code("tabulate_nulls"),
    message:
        "Counting how often each null rejects"
    script:
        "../scripts/tabulate_nulls.py"


rule plot_null_calibration:
    input:
        table=f"{RESULTS}/tables/null_calibration.csv",
    output:
        png=report(
            f"{RESULTS}/figures/null_calibration.png",
            caption="../report/null_calibration.rst",
            category="Studies of the scores",
            labels={"figure": "null_calibration"},
        ),
        svg=f"{RESULTS}/figures/null_calibration.svg",
        pdf=f"{RESULTS}/figures/null_calibration.pdf",
        source=[
            f"{RESULTS}/figures/source_data/null_calibration_{panel}.csv"
            for panel in "abc"
        ],
    log:
        f"{RESULTS}/logs/plot_null_calibration.log",
    benchmark:
        f"{RESULTS}/benchmarks/plot_null_calibration.tsv"
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=20,
    params:
        level=NULLS["level"],
        code=code("plot_null_calibration"),
    message:
        "Drawing level and power of the candidate nulls"
    script:
        "../scripts/plot_null_calibration.py"


rule null_calibration:
    """Level and power of every candidate null of the alignment score, by simulation."""
    input:
        [f"{RESULTS}/figures/null_calibration.{form}" for form in IMAGE_FORMATS],
        f"{RESULTS}/tables/null_calibration.csv",
