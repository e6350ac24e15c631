"""The random streams of a training: data order, posterior noise, translations.

Each stream belongs to one model's seed and can be read at any step without
reading what comes before, so a resumed training needs to remember nothing but
its step, and every engine can be fed with the same numbers.
"""

import numpy as np

from facepatch.seeds import generator

__all__ = ["BLOCK_STEPS", "BatchOrder", "PosteriorNoise", "Translations"]

BLOCK_STEPS = 64


class BatchOrder:
    """Which images make up each batch: shuffled epochs, read on without a gap.

    Batch s takes places s * batch_size ... of the endless sequence of epochs, each a
    permutation of all images of its own stream ``(seed, "data order", epoch)``. A batch
    may span epochs, so no image is left out and any batch size is allowed.

    Parameters
    ----------
    seed : int
    n_images, batch_size : int
    """

    def __init__(self, seed, n_images, batch_size):
        self.seed, self.n_images, self.batch_size = seed, n_images, batch_size
        self._epochs = {}

    def _epoch(self, epoch):
        if epoch not in self._epochs:
            self._epochs = {e: order for e, order in self._epochs.items() if e >= epoch - 1}
            rng = generator(self.seed, "data order", epoch)
            self._epochs[epoch] = rng.permutation(self.n_images)
        return self._epochs[epoch]

    def read(self, first, n_steps):
        """Return the image rows of `n_steps` batches from step `first`, (n_steps, batch) int64."""
        start = first * self.batch_size
        stop = start + n_steps * self.batch_size
        epochs = range(start // self.n_images, -(-stop // self.n_images))
        places = np.concatenate([self._epoch(epoch) for epoch in epochs])
        offset = start - epochs[0] * self.n_images
        return places[offset : offset + stop - start].reshape(n_steps, self.batch_size)


class _Blocks:
    """A stream that is drawn in blocks of `BLOCK_STEPS` steps, each its own generator."""

    def __init__(self):
        self._block, self._values = None, None

    def _draw(self, block):
        raise NotImplementedError

    def read(self, first, n_steps):
        """Return the values of `n_steps` steps from step `first`."""
        parts = []
        while n_steps > 0:
            block, offset = divmod(first, BLOCK_STEPS)
            if block != self._block:
                self._block, self._values = block, self._draw(block)
            parts.append(self._values[offset : offset + n_steps])
            first, n_steps = first + len(parts[-1]), n_steps - len(parts[-1])
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


class PosteriorNoise(_Blocks):
    """Standard normal noise of the reparameterised posterior.

    Read as float32 (n_steps, batch_size, latents); block b of 64 steps is the stream
    ``(seed, "posterior noise", b)``.
    """

    def __init__(self, seed, batch_size, latents):
        super().__init__()
        self.seed, self.shape = seed, (BLOCK_STEPS, batch_size, latents)

    def _draw(self, block):
        rng = generator(self.seed, "posterior noise", block)
        return rng.standard_normal(self.shape, dtype=np.float32)


class Translations(_Blocks):
    """Whole-pixel shifts of the classifier's augmentation, uniform in -reach ... reach.

    Read as int64 (n_steps, batch_size, 2), rows then columns; block b of 64 steps is
    the stream ``(seed, "translations", b)``.
    """

    def __init__(self, seed, batch_size, reach):
        super().__init__()
        self.seed, self.reach, self.shape = seed, reach, (BLOCK_STEPS, batch_size, 2)

    def _draw(self, block):
        rng = generator(self.seed, "translations", block)
        return rng.integers(-self.reach, self.reach, self.shape, endpoint=True)
