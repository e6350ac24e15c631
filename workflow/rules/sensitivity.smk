# What alignment can show, by simulation (target sensitivity).

STUDY = config["sensitivity"]
STUDIED = of(*STUDY["families"]) if RENDERED else []
IMAGE_TRUTHS = [
    truth
    for truth in STUDY["grid"]["ground_truth"]
    if truth in ("aam_axis", "pixel_linear")
]
GRID = {
    "n_folds": config["encoding"]["folds"],
    "n_alphas": config["encoding"]["alphas"],
    "eps": config["encoding"]["alpha_ratio"],
}

if STUDIED:

    for TRUTH in IMAGE_TRUTHS:

        rule:
            name:
                f"build_study_space_{TRUTH}"
            input:
                stimuli=f"{DATA}/stimuli.csv",
                images=f"{DATA}/images",
                landmarks=f"{DATA}/landmarks.csv",
            output:
                space=f"results/{{run}}/sensitivity/{TRUTH}.npz",
            log:
                f"results/{{run}}/logs/build_study_space/{TRUTH}.log",
            benchmark:
                f"results/{{run}}/benchmarks/build_study_space/{TRUTH}.tsv"
            conda:
                "../../envs/data.yaml"
            threads: 1
            resources:
                mem_mb=memory(2000),
                runtime=30,
            params:
                ground_truth=TRUTH,
                image_size=config["dataset"]["image_size"],
                code=code("build_tuning_space"),
            message:
                f"Building the space that simulated neurons are tuned in: {TRUTH}"
            script:
                "../scripts/build_tuning_space.py"

    for VARIED, VALUES in STUDY["grid"].items():

        rule:
            name:
                f"simulate_sensitivity_{VARIED}"
            input:
                **(
                    {"selection": "results/{run}/selection.csv"}
                    if of("beta_vae")
                    else {}
                ),
                **{
                    truth: f"results/{{run}}/sensitivity/{truth}.npz"
                    for truth in IMAGE_TRUTHS
                    if VARIED == "ground_truth"
                },
                stimuli="results/{run}/stimuli.csv",
                embeddings=embeddings(STUDIED),
            output:
                outcomes=f"results/{{run}}/sensitivity/{VARIED}.csv",
            log:
                f"results/{{run}}/logs/simulate_sensitivity/{VARIED}.log",
            benchmark:
                f"results/{{run}}/benchmarks/simulate_sensitivity/{VARIED}.tsv"
            conda:
                "../../envs/numerics.yaml"
            threads: 1
            resources:
                mem_mb=memory(2000),
                runtime=240,
            params:
                **GRID,
                models=records(STUDIED),
                models_per_family=STUDY["models_per_family"],
                varied=VARIED,
                values=VALUES,
                base=STUDY["base"],
                replicates=STUDY["replicates"],
                n_draws=STUDY["draws"],
                seed=config["seed"],
                code=code("simulate_sensitivity"),
            message:
                f"Scoring {len(STUDIED)} models against simulated neurons that differ in: {VARIED}"
            script:
                "../scripts/simulate_sensitivity.py"

    for FACES in STUDY["power"]["stimuli"]:

        rule:
            name:
                f"simulate_power_{FACES}"
            input:
                stimuli="results/{run}/stimuli.csv",
            output:
                outcomes=f"results/{{run}}/sensitivity/power_{FACES}.csv",
            log:
                f"results/{{run}}/logs/simulate_power/{FACES}.log",
            benchmark:
                f"results/{{run}}/benchmarks/simulate_power/{FACES}.tsv"
            conda:
                "../../envs/numerics.yaml"
            threads: 1
            resources:
                mem_mb=memory(1500),
                runtime=240,
            params:
                **GRID,
                stimuli=[FACES],
                neurons=STUDY["power"]["neurons"],
                trials=STUDY["power"]["trials"],
                base=STUDY["base"],
                replicates=STUDY["power"]["replicates"],
                n_draws=STUDY["draws"],
                level=0.05,
                seed=config["seed"],
                code=code("simulate_power"),
            message:
                f"Telling an axis code from a rotated one with {FACES} faces"
            script:
                "../scripts/simulate_power.py"

    rule tabulate_sensitivity:
        input:
            sensitivity=[
                f"results/{{run}}/sensitivity/{varied}.csv" for varied in STUDY["grid"]
            ],
            power=[
                f"results/{{run}}/sensitivity/power_{faces}.csv"
                for faces in STUDY["power"]["stimuli"]
            ],
        output:
            sensitivity="results/{run}/tables/sensitivity.csv",
            power="results/{run}/tables/power.csv",
        log:
            "results/{run}/logs/tabulate_sensitivity.log",
        benchmark:
            "results/{run}/benchmarks/tabulate_sensitivity.tsv"
        conda:
            "../../envs/numerics.yaml"
        threads: 1
        resources:
            mem_mb=memory(500),
            runtime=10,
        params:
            code=code("tabulate_sensitivity"),
        message:
            "Averaging the sensitivity study over populations"
        script:
            "../scripts/tabulate_sensitivity.py"

    for NAME, PANELS in {"sensitivity": "abcdef", "power": "ab"}.items():

        rule:
            name:
                f"plot_{NAME}"
            input:
                table=f"results/{{run}}/tables/{NAME}.csv",
            output:
                png=report(
                    f"results/{{run}}/figures/{NAME}.png",
                    caption=f"../report/{NAME}.rst",
                    category="Studies of the scores",
                    labels={"figure": NAME},
                ),
                svg=f"results/{{run}}/figures/{NAME}.svg",
                pdf=f"results/{{run}}/figures/{NAME}.pdf",
                source=[
                    f"results/{{run}}/figures/source_data/{NAME}_{panel}.csv"
                    for panel in PANELS
                ],
            log:
                f"results/{{run}}/logs/plot_{NAME}.log",
            benchmark:
                f"results/{{run}}/benchmarks/plot_{NAME}.tsv"
            conda:
                "../../envs/figures.yaml"
            threads: 1
            resources:
                mem_mb=memory(1000),
                runtime=20,
            params:
                figure=NAME,
                dataset=config["dataset"]["label"],
                code=code(f"plot_{NAME}"),
            message:
                f"Drawing {NAME}"
            script:
                "../scripts/plot_{params.figure}.py"


rule sensitivity:
    """What alignment can tell, against neurons of known truth; needs a rendered dataset."""
    input:
        [
            f"{RESULTS}/figures/{name}.{form}"
            for name in ("sensitivity", "power")
            for form in IMAGE_FORMATS
            if STUDIED
        ],
        [f"{RESULTS}/tables/{name}.csv" for name in ("sensitivity", "power") if STUDIED],
