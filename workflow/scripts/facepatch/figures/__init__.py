"""Figures of a run, one module each, drawn from its tables alone."""
