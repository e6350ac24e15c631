"""Write down where this job finds each module; fail if a declared one is not its environment's."""

import importlib.util
import json
import sys

found = {}
for name in snakemake.params.modules:  # noqa: F821
    spec = importlib.util.find_spec(name)
    found[name] = spec.origin if spec else None
for name in snakemake.params.declared:  # noqa: F821
    assert (found[name] or "").startswith(sys.prefix), f"{name}: {found[name]}"
with open(snakemake.output[0], "w") as file:  # noqa: F821
    json.dump({"prefix": sys.prefix, "found": found}, file)
