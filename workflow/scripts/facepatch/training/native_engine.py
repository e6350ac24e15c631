"""Training steps in the compiled library: the CPU's own pace, the torch engine's numbers."""

import ctypes

import numpy as np

from facepatch.models.architecture import KERNEL, parameter_shapes
from facepatch.training.engine_state import EngineState, StepValues
from facepatch.training.native_library import SOURCES_SHA256, build_library, load_library

__all__ = ["FAMILIES", "NativeEngine", "NativeNetwork"]

FAMILIES = ("beta_vae", "vae", "ae")
_ARRAYS = {"weights": 0, "first": 1, "second": 2, "gradient": 3}


class NativeNetwork:
    """One network in the library's memory.

    Parameters
    ----------
    library : ctypes.CDLL
        From `load_library`.
    architecture : facepatch.models.architecture.Architecture
    batch_size : int
    precision : str
        ``"float32"`` or ``"bfloat16"``.

    Raises
    ------
    ValueError
        If the library cannot do this architecture; the message says what it lacks.
    """

    def __init__(self, library, architecture, batch_size, precision):
        a = architecture
        if a.family not in FAMILIES or KERNEL != 4:
            raise ValueError(f"family {a.family}, not one of {', '.join(FAMILIES)}")
        self.library, self.architecture, self.batch_size = library, a, batch_size
        self.shapes = parameter_shapes(a)
        channels = (ctypes.c_int * len(a.channels))(*a.channels)
        message = ctypes.create_string_buffer(200)
        self.handle = library.facepatch_create(
            a.image_size, batch_size, a.latents, a.hidden, a.variational,
            precision == "bfloat16", len(a.channels), channels, message, len(message),
        )  # fmt: skip
        if not self.handle:
            raise ValueError(message.value.decode())
        sizes = [
            library.facepatch_parameter_size(self.handle, i)
            for i in range(library.facepatch_parameters(self.handle))
        ]
        if sizes != [int(np.prod(shape)) for shape in self.shapes.values()]:
            raise AssertionError(
                "the library and facepatch.models.architecture disagree on the network"
            )

    def __del__(self):
        if getattr(self, "handle", None):
            self.library.facepatch_destroy(self.handle)

    def write(self, which, arrays):
        """Set ``"weights"``, ``"first"`` or ``"second"`` to arrays in PyTorch's layout."""
        for i, (name, shape) in enumerate(self.shapes.items()):
            array = np.ascontiguousarray(arrays[name], np.float32)
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, not {shape}")
            self.library.facepatch_write(self.handle, _ARRAYS[which], i, array.ctypes.data)

    def read(self, which):
        """Return a copy of what `write` sets, or of the latest ``"gradient"``."""
        arrays = {name: np.empty(shape, np.float32) for name, shape in self.shapes.items()}
        for i, array in enumerate(arrays.values()):
            self.library.facepatch_read(self.handle, _ARRAYS[which], i, array.ctypes.data)
        return arrays

    def train(self, images, order, noise, beta, learning_rate, step):
        """Take steps.

        Parameters
        ----------
        images : C-contiguous float32 array of shape (n_images, size, size)
        order : int64 array of shape (n_steps, batch)
        noise : float32 array of shape (n_steps, batch, latents), or None
        beta, learning_rate : float
        step : int
            Steps done before.

        Returns
        -------
        values : StepValues
            Of one model (K = 1); steps after a loss that is not finite are left out.
        """
        size, latents = self.architecture.image_size, self.architecture.latents
        n_steps = len(order)
        if images.dtype != np.float32 or not images.flags.c_contiguous:
            raise ValueError("images are not contiguous float32")
        if images.shape[1:] != (size, size) or order.shape != (n_steps, self.batch_size):
            raise ValueError(f"images {images.shape} and order {order.shape} do not fit")
        if n_steps and not 0 <= order.min() <= order.max() < len(images):
            raise ValueError(f"rows outside 0 ... {len(images) - 1}")
        order = np.ascontiguousarray(order, np.int64)
        variational = self.architecture.variational
        if variational:
            noise = np.ascontiguousarray(noise, np.float32)
            if noise.shape != (n_steps, self.batch_size, latents):
                raise ValueError(f"noise of shape {noise.shape} does not fit")
        loss, reconstruction = np.empty(n_steps), np.empty(n_steps)
        kl = np.empty((n_steps, latents if variational else 0))
        done = self.library.facepatch_train(
            self.handle, images.ctypes.data, order.ctypes.data,
            noise.ctypes.data if variational else None, beta, learning_rate, step, n_steps,
            loss.ctypes.data, reconstruction.ctypes.data, kl.ctypes.data,
        )  # fmt: skip
        return StepValues(loss[:done, None], reconstruction[:done, None], kl[:done, None])


class NativeEngine:
    """K models of one architecture, each trained by the library in turn.

    Parameters and methods are those of `facepatch.training.torch_engine.TorchEngine`; `device` is
    always the CPU.

    Raises
    ------
    NativeUnavailableError
        If the library cannot be had.
    ValueError
        If it cannot do this architecture.
    """

    def __init__(
        self, architecture, images, labels, betas, learning_rate, device, precision, state, step
    ):
        if device != "cpu" or labels is not None:
            raise ValueError("the native engine trains autoencoders on the CPU")
        self.architecture, self.precision = architecture, precision
        self.images = np.ascontiguousarray(images)
        self.betas, self.learning_rate, self.step = betas, learning_rate, step
        self._start, self._networks = state, None

    @staticmethod
    def identity(device, precision):
        """Return what tells this engine's results from another's to the last bit."""
        return f"native {SOURCES_SHA256[:12]} {build_library().stem} {device} {precision}"

    def _open(self, batch_size):
        library = load_library()
        self._networks = []
        for k in range(len(self.betas)):
            network = NativeNetwork(library, self.architecture, batch_size, self.precision)
            for which in EngineState.PARTS:
                arrays = getattr(self._start, which)
                network.write(which, {name: array[k] for name, array in arrays.items()})
            self._networks.append(network)

    def state(self):
        """Return a copy of the present `EngineState`."""
        if self._networks is None:
            return self._start
        groups = []
        for which in EngineState.PARTS:
            read = [network.read(which) for network in self._networks]
            groups.append({name: np.stack([arrays[name] for arrays in read]) for name in read[0]})
        return EngineState(*groups)

    def advance(self, order, noise, shifts):
        """Take as many steps as there are batches; see `TorchEngine.advance`."""
        if shifts is not None:
            raise ValueError("the native engine does not translate images")
        if self._networks is None:
            self._open(order.shape[2])
        values = [
            network.train(
                self.images, order[:, k], None if noise is None else noise[:, k],
                self.betas[k], self.learning_rate, self.step,
            )
            for k, network in enumerate(self._networks)
        ]  # fmt: skip
        done = min(len(v.loss) for v in values)
        self.step += len(order)
        return StepValues(
            *(
                np.concatenate([getattr(v, name)[:done] for v in values], axis=1)
                for name in ("loss", "reconstruction", "kl")
            )
        )
