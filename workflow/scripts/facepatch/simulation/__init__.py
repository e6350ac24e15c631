"""Simulated neurons and raters, and what the scores say of neurons of known truth."""
