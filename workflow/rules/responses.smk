# From spike counts to trial-averaged responses.

if config["recordings"]["simulate"]:

    rule simulate_spikes:
        """Spike counts of simulated neurons, with the truth of their tuning."""
        input:
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
            n_neurons=config["recordings"]["simulated"]["neurons"],
            trials=config["recordings"]["simulated"]["trials"],
            window_s=config["recordings"]["simulated"]["window_s"],
            ground_truth=config["recordings"]["simulated"]["ground_truth"],
            axis_fraction=config["recordings"]["simulated"]["axis_fraction"],
            two_share=config["recordings"]["simulated"]["two_share"],
            signal_share=config["recordings"]["simulated"]["signal_share"],
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
        folder=DATA,
        seed=config["seed"],
        code=code("average_responses"),
    message:
        "Averaging trials, with each neuron's reliability and noise ceiling"
    script:
        "../scripts/average_responses.py"
