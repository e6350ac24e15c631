"""From records of models to a run's tables, their tests, and the paper's numbers beside them."""
