# Targets by name: `snakemake --cores 2 sfig1`. Each draws in only what it needs.


rule embeddings:
    input:
        embeddings(SCORED, RESULTS),
