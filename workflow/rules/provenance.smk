# What the results come from and what they cost.


rule write_provenance:
    input:
        report="results/{run}/dataset.json",
    output:
        provenance="results/{run}/provenance.json",
    log:
        "results/{run}/logs/write_provenance.log",
    benchmark:
        "results/{run}/benchmarks/write_provenance.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=memory(500),
        runtime=30,
    params:
        config=config,
        folder=DATA,
        code=code("write_provenance"),
    message:
        "Writing down configuration, commit, packages and checksums of the inputs"
    script:
        "../scripts/write_provenance.py"


rule summarise_benchmarks:
    input:
        [file for name in FIGURES for file in figure(name)],
        results(*(f"tables/{name}.csv" for name in TABLES)),
    output:
        table="results/{run}/benchmarks.csv",
    log:
        "results/{run}/logs/summarise_benchmarks.log",
    benchmark:
        "results/{run}/benchmarks/summarise_benchmarks.tsv"
    conda:
        "../../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=memory(500),
        runtime=10,
    params:
        folder="results/{run}/benchmarks",
        code=code("summarise_benchmarks"),
    message:
        "Summing up what the jobs cost"
    script:
        "../scripts/summarise_benchmarks.py"


rule plot_benchmarks:
    input:
        table="results/{run}/benchmarks.csv",
        report="results/{run}/dataset.json",
    output:
        png="results/{run}/figures/benchmarks.png",
        svg="results/{run}/figures/benchmarks.svg",
        pdf="results/{run}/figures/benchmarks.pdf",
        source=["results/{run}/figures/source_data/benchmarks.csv"],
    log:
        "results/{run}/logs/plot_benchmarks.log",
    benchmark:
        "results/{run}/benchmarks/plot_benchmarks.tsv"
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=20,
    params:
        **CONTEXT,
        code=code("plot_benchmarks"),
    message:
        "Drawing where the time of the run went"
    script:
        "../scripts/plot_benchmarks.py"
