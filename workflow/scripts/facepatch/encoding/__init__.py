"""How units predict neurons (`fits`, on the engine of `lasso`), and how well the two align."""
