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
        code_folder=str(BASE),
        code=code("write_provenance"),
    message:
        "Writing down configuration, commit, packages and checksums of the inputs"
    script:
        "../scripts/write_provenance.py"
