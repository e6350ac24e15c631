"""Training steps in PyTorch: loss, gradients and Adam for K models at once."""

import math

import numpy as np
import torch
from torch.nn import functional

from facepatch.models import networks
from facepatch.training.engine_state import EngineState, StepValues

__all__ = ["Adam", "TorchEngine"]


class Adam:
    """Adam (Kingma and Ba 2015) on one flat tensor, with constants 0.9, 0.999 and 1e-8.

    One tensor for all parameters of all models takes five passes a step, on a GPU five
    kernels. (`torch.optim` would load PyTorch's compiler with it: seconds and 70 MB for
    every training process.)

    Parameters
    ----------
    values : tensor of shape (n,)
        Changed in place by `step`.
    first, second : tensors of shape (n,)
        Running means of the gradient and of its square.
    steps : int
        Steps done.
    """

    DECAYS = (0.9, 0.999)
    EPSILON = 1e-8

    def __init__(self, values, first, second, steps):
        self.values, self.first, self.second, self.steps = values, first, second, steps
        self._scale = torch.empty_like(first)

    @torch.no_grad()
    def step(self, gradient, learning_rate):
        """Move the values against a gradient."""
        self.steps += 1
        corrections = [1 - decay**self.steps for decay in self.DECAYS]
        self.first.lerp_(gradient, 1 - self.DECAYS[0])
        self.second.mul_(self.DECAYS[1]).addcmul_(gradient, gradient, value=1 - self.DECAYS[1])
        torch.sqrt(self.second, out=self._scale)
        self._scale.div_(math.sqrt(corrections[1])).add_(self.EPSILON)
        self.values.addcdiv_(self.first, self._scale, value=-learning_rate / corrections[0])


class TorchEngine:
    """K models of one architecture and their optimiser.

    Parameters
    ----------
    architecture : facepatch.models.architecture.Architecture
    images : float32 array of shape (n_images, size, size)
        Grey values in [0, 1]; may be memory-mapped, a CPU reads batches from it.
    labels : int64 array of shape (n_images,), or None
        Class of each image, for the classifier.
    betas : list of float
        Weight of the divergence, one per model; ignored where there is none.
    learning_rate : float
        Adam's step size; its other constants are the usual 0.9, 0.999 and 1e-8.
    device : str
        ``"cpu"``, ``"cuda"`` or ``"mps"``.
    precision : str
        ``"float32"``, or ``"bfloat16"`` for products in bfloat16 with float32 weights.
    state : EngineState
        Where to start.
    step : int
        Steps that lie behind `state`.
    """

    def __init__(
        self, architecture, images, labels, betas, learning_rate, device, precision, state, step
    ):
        self.architecture = architecture
        self.device = torch.device(device)
        self.mixed = precision == "bfloat16"
        if self.device.type == "cpu":
            torch.set_num_threads(1)  # more threads only wait for each other on these networks
        if self.device.type == "cuda":
            torch.backends.cudnn.deterministic = True
            torch.backends.cudnn.benchmark = False
            torch.backends.cudnn.allow_tf32 = False
        self.images = images
        if self.device.type != "cpu":
            self.images = torch.tensor(np.asarray(images), device=self.device)
        self.labels = None if labels is None else torch.tensor(labels, device=self.device)
        self.betas = torch.tensor(betas, dtype=torch.float32, device=self.device)
        self.shapes = {name: array.shape for name, array in state.weights.items()}
        self.flat = self._flat(state.weights).requires_grad_()
        self.adam = Adam(self.flat, self._flat(state.first), self._flat(state.second), step)
        self.learning_rate = learning_rate

    @staticmethod
    def identity(device, precision):
        """Return what tells this engine's results from another's to the last bit."""
        return f"torch {torch.__version__} {device} {precision}"

    def _flat(self, arrays):
        values = np.concatenate([np.ravel(arrays[name]) for name in self.shapes])
        return torch.tensor(values, dtype=torch.float32, device=self.device)

    def _named(self, flat):
        """Return views of a flat tensor under the parameters' names."""
        parts = flat.split([math.prod(shape) for shape in self.shapes.values()])
        named = zip(self.shapes.items(), parts, strict=True)
        return {name: part.view(shape) for (name, shape), part in named}

    def state(self):
        """Return a copy of the present `EngineState`."""
        return EngineState(
            *(
                {name: part.cpu().numpy().copy() for name, part in self._named(flat).items()}
                for flat in (self.flat.detach(), self.adam.first, self.adam.second)
            )
        )

    def advance(self, order, noise, shifts):
        """Take as many steps as there are batches.

        Parameters
        ----------
        order : int64 array of shape (n_steps, K, batch)
            Rows of the images of each batch.
        noise : float32 array of shape (n_steps, K, batch, latents), or None
            Posterior noise, for variational families.
        shifts : int64 array of shape (n_steps, K, batch, 2), or None
            Translations of the images, for the classifier.

        Returns
        -------
        values : StepValues
        """
        steps = []
        for s in range(len(order)):
            images = self._batch(order[s], None if shifts is None else shifts[s])
            weights = self._named(self.flat)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
                values = self._losses(
                    weights, images, order[s], None if noise is None else noise[s]
                )
            (gradient,) = torch.autograd.grad(values[0].sum(), self.flat)
            self.adam.step(gradient, self.learning_rate)
            steps.append([value.detach() for value in values])
        loss, reconstruction, kl = (
            torch.stack(values).cpu().numpy().astype(np.float64)
            for values in zip(*steps, strict=True)
        )
        return StepValues(loss, reconstruction, kl)

    def _batch(self, rows, shifts):
        """Return the images of K batches as a tensor of shape (batch, K, size, size)."""
        n_models, n_images = rows.shape
        size = self.architecture.image_size
        if self.device.type == "cpu":
            # Into memory of torch's own alignment, so that no kernel depends on numpy's.
            flat = torch.empty((n_models * n_images, size, size))
            np.take(self.images, rows.ravel(), axis=0, out=flat.numpy(), mode="clip")
        else:
            flat = self.images[torch.tensor(rows.ravel(), device=self.device)]
        if shifts is not None:
            flat = networks.translate(flat, torch.tensor(shifts, device=self.device).flatten(0, 1))
        return flat.view(n_models, n_images, size, size).transpose(0, 1)

    def _losses(self, weights, images, rows, noise):
        """Return loss (K,), reconstruction term (K,) and divergence (K, latents) of a batch."""
        n_images, n_models = images.shape[:2]
        code, log_variance = networks.encode(weights, self.architecture, images)
        code = code.float()
        kl = code.new_zeros((n_models, 0))
        if self.labels is not None:
            logits = networks.classify(weights, code).float()
            targets = self.labels[torch.tensor(rows, device=self.device)]
            entropy = functional.cross_entropy(
                logits.flatten(0, 1), targets.flatten(), reduction="none"
            )
            loss = entropy.view(n_models, n_images).mean(1)
            return loss, loss, kl
        if not self.architecture.variational:
            logits = networks.decode(weights, self.architecture, code).float()
            loss = (torch.sigmoid(logits) - images).square().sum((0, 2, 3)) / n_images
            return loss, loss, kl
        log_variance = log_variance.float()
        variance = log_variance.exp()
        kl = 0.5 * (code.square() + variance - log_variance - 1).sum(1) / n_images
        sample = code + torch.exp(0.5 * log_variance) * torch.tensor(noise, device=self.device)
        logits = networks.decode(weights, self.architecture, sample).float()
        nll = functional.binary_cross_entropy_with_logits(logits, images, reduction="none")
        reconstruction = nll.sum((0, 2, 3)) / n_images
        return reconstruction + self.betas * kl.sum(1), reconstruction, kl
