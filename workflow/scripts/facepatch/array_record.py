"""Dataclasses of arrays that are kept as files."""

import numpy as np

from facepatch.files import write_npz

__all__ = ["ArrayRecord"]


class ArrayRecord:
    """Gives a dataclass of arrays and numbers one pickle-free `.npz` as its file."""

    def save(self, path):
        """Write all fields."""
        write_npz(path, **{name: getattr(self, name) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, path):
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            stored = {name: file[name] for name in cls.__dataclass_fields__}
        return cls(**{n: v if v.ndim else v.item() for n, v in stored.items()})
