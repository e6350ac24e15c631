"""facepatch: single neurons of face patch AM against the units of face models.

The library behind the workflow: arrays in, arrays out, nothing here knows of
Snakemake. Importing the package itself loads nothing heavy; each module
imports what its work needs, so every rule can run in a small environment.
"""

__version__ = "0.1.0"
