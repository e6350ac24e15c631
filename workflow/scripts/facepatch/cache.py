"""Results of a batch that survive when the batch is run again for another of its models.

A batch job is one Snakemake job for many models. When one input changes, Snakemake deletes
all outputs of the job and starts it anew; the results of the other models are then taken
back from here. There is one kept file and one key per output, so the folder stays as large
as the outputs themselves (and costs no space where hard links work).
"""

import contextlib
import hashlib
import json
import os
import shutil
from pathlib import Path

from facepatch.files import atomic_path, sha256, write_json

__all__ = ["JobCache", "job_key"]


def job_key(inputs, params, code):
    """Return the key of a result: a hash of all that it depends on.

    Parameters
    ----------
    inputs : list of path
        Files whose contents matter, in a fixed order.
    params : dict
        JSON-able parameters that matter.
    code : str
        Fingerprint of the code.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    content = {"inputs": [sha256(path) for path in inputs], "params": params, "code": code}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class JobCache:
    """Keeps the latest result of each output of a batch.

    Parameters
    ----------
    folder : path
        Outside the declared outputs, which Snakemake deletes.
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    def _paths(self, output):
        name = hashlib.sha256(os.fspath(output).encode()).hexdigest()[:24]
        kept = self.folder / f"{name}{Path(output).suffix}"
        return kept, kept.with_suffix(kept.suffix + ".key")

    def reuse(self, output, key):
        """Put the kept result in place of `output` if it was made under `key`.

        Returns
        -------
        bool
            False if there is none, if its key differs, or if its bytes have changed.
        """
        kept, key_file = self._paths(output)
        try:
            record = json.loads(key_file.read_text(encoding="utf-8"))
            if record["key"] != key or record["sha256"] != sha256(kept):
                return False
        except (OSError, ValueError, KeyError):
            return False
        with atomic_path(output) as temporary:
            _link_or_copy(kept, temporary)
        os.utime(output)
        return True

    def keep(self, output, key):
        """Keep `output` as the result made under `key`, in place of any older one."""
        kept, key_file = self._paths(output)
        # Without its key a kept file is never used, so an interruption here is harmless.
        with contextlib.suppress(FileNotFoundError):
            key_file.unlink()
        with atomic_path(kept) as temporary:
            _link_or_copy(output, temporary)
        write_json({"key": key, "sha256": sha256(kept), "output": os.fspath(output)}, key_file)


def _link_or_copy(source, target):
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
