rule embeddings:
    input:
        embeddings(SCORED, RESULTS),
