# From spike counts to trial-averaged responses.

SIMULATED = config["recordings"]["simulated"]
# Neurons that are tuned to more than the factors need the space that they are tuned in.
TUNING_SPACE = f"{DATA}/tuning_space.npz"
NEEDS_SPACE = SIMULATED["ground_truth"] in ("aam_axis", "pixel_linear")

if config["recordings"]["simulate"] and NEEDS_SPACE:

    rule build_tuning_space:
        """The space of images or of an AAM in which simulated neurons are tuned."""
        input:
            stimuli=f"{DATA}/stimuli.csv",
            images=f"{DATA}/images",
            landmarks=f"{DATA}/landmarks.csv",
        output:
            space=TUNING_SPACE,
        log:
            f"{RESULTS}/logs/build_tuning_space.log",
        benchmark:
            f"{RESULTS}/benchmarks/build_tuning_space.tsv"
        conda:
            "../../envs/data.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=30,
        params:
            ground_truth=SIMULATED["ground_truth"],
            image_size=config["dataset"]["image_size"],
            code=code("build_tuning_space"),
        message:
            "Building the space that simulated neurons are tuned in: {params.ground_truth}"
        script:
            "../scripts/build_tuning_space.py"


if config["recordings"]["simulate"]:

    rule simulate_spikes:
        """Spike counts of simulated neurons, with the truth of their tuning."""
        input:
            **({"space": TUNING_SPACE} if NEEDS_SPACE else {}),
            stimuli=f"{DATA}/stimuli.csv",
        output:
            counts=f"{DATA}/spike_counts.parquet",
            truth=f"{DATA}/ground_truth.csv",
            recording=f"{DATA}/recording.yaml",
        log:
            f"{RESULTS}/logs/simulate_spikes.log",
        benchmark:
            f"{RESULTS}/benchmarks/simulate_spikes.tsv"
        conda:
            "../../envs/data.yaml"
        threads: 1
        resources:
            mem_mb=memory(2000),
            runtime=30,
        params:
            n_neurons=SIMULATED["neurons"],
            trials=SIMULATED["trials"],
            window_s=SIMULATED["window_s"],
            ground_truth=SIMULATED["ground_truth"],
            axis_fraction=SIMULATED["axis_fraction"],
            two_share=SIMULATED["two_share"],
            signal_share=SIMULATED["signal_share"],
            seed=config["seed"],
            code=code("simulate_spikes"),
        message:
            "Simulating spike counts of {params.n_neurons} neurons, tuned {params.ground_truth}"
        script:
            "../scripts/simulate_spikes.py"


rule average_responses:
    input:
        stimuli="results/{run}/stimuli.csv",
        report="results/{run}/dataset.json",
        recordings=FILES.recordings,
    output:
        responses="results/{run}/responses.npz",
        neurons="results/{run}/tables/neurons.csv",
    log:
        "results/{run}/logs/average_responses.log",
    benchmark:
        "results/{run}/benchmarks/average_responses.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        **NWB,
        folder=lambda wildcards, input: str(Path(input.recordings).parent),
        seed=config["seed"],
        code=code("average_responses"),
    message:
        "Averaging trials, with each neuron's reliability and noise ceiling"
    script:
        "../scripts/average_responses.py"
