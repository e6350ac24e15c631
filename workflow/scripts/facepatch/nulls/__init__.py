"""Null distributions of the alignment score, and the simulations that tell which is right."""
