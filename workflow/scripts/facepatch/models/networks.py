"""Forward passes of the trained networks for K models at once, in PyTorch.

One implementation serves one model and an ensemble: every parameter carries a
leading axis of models, convolutions become grouped convolutions and linear
layers batched products. Nothing passes between models, so K models trained
together follow the paths they would follow alone.
"""

import torch
from torch.nn import functional

__all__ = ["classify", "decode", "encode", "stacked", "translate", "unstacked"]


def stacked(weights, device="cpu"):
    """Return K models' weights as tensors with a leading axis of models.

    Parameters
    ----------
    weights : list of dict of str to array
        One dict per model, equal names and shapes.

    Returns
    -------
    tensors : dict of str to float32 tensor of shape (K, ...)
    """
    return {
        name: torch.stack([torch.tensor(w[name], dtype=torch.float32) for w in weights]).to(device)
        for name in weights[0]
    }


def unstacked(tensors):
    """Undo `stacked`: return one dict of float32 arrays per model."""
    arrays = {name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}
    n_models = len(next(iter(arrays.values())))
    return [{name: array[k].copy() for name, array in arrays.items()} for k in range(n_models)]


def _laid_out(maps):
    """Put feature maps into the memory order that is fastest: channels last on a CPU."""
    if maps.device.type == "cpu":
        return maps.contiguous(memory_format=torch.channels_last)
    return maps.contiguous()


def _linear(weights, name, values):
    weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return torch.baddbmm(bias[:, None], values, weight.transpose(1, 2))


def encode(weights, architecture, images):
    """Return what the encoder says of the images.

    Parameters
    ----------
    weights : dict of str to tensor of shape (K, ...)
    architecture : Architecture
    images : tensor of shape (n, K, size, size)
        Grey values in [0, 1]; channel k goes to model k.

    Returns
    -------
    code : tensor of shape (K, n, latents)
        Posterior means for the variational families.
    log_variance : tensor of shape (K, n, latents), or None
        Posterior log-variances for the variational families.
    """
    n_models = images.shape[1]
    maps = _laid_out(images)
    for i in range(1, len(architecture.channels) + 1):
        kernel = weights[f"encoder.conv{i}.weight"].flatten(0, 1)
        bias = weights[f"encoder.conv{i}.bias"].flatten()
        maps = functional.conv2d(maps, kernel, bias, stride=2, padding=1, groups=n_models)
        maps = functional.relu(maps)
    flat = maps.reshape(len(images), n_models, architecture.flat).transpose(0, 1)
    code = _linear(
        weights, "encoder.code", functional.relu(_linear(weights, "encoder.hidden", flat))
    )
    if not architecture.variational:
        return code, None
    return code.chunk(2, dim=2)


def decode(weights, architecture, codes):
    """Return the logits of the images that codes stand for.

    Parameters
    ----------
    weights : dict of str to tensor of shape (K, ...)
    architecture : Architecture
    codes : tensor of shape (K, n, latents)

    Returns
    -------
    logits : tensor of shape (n, K, size, size)
    """
    n_models, n_images, _ = codes.shape
    values = functional.relu(_linear(weights, "decoder.hidden", codes))
    values = functional.relu(_linear(weights, "decoder.grid", values))
    n_maps, grid = n_models * architecture.channels[-1], architecture.grid
    maps = _laid_out(values.transpose(0, 1).reshape(n_images, n_maps, grid, grid))
    last = len(architecture.channels)
    for i in range(1, last + 1):
        kernel = weights[f"decoder.deconv{i}.weight"].flatten(0, 1)
        bias = weights[f"decoder.deconv{i}.bias"].flatten()
        maps = functional.conv_transpose2d(maps, kernel, bias, stride=2, padding=1, groups=n_models)
        if i < last:
            maps = functional.relu(maps)
    return maps


def classify(weights, codes):
    """Return the logits of the classes, (K, n, n_classes), for codes (K, n, latents)."""
    return _linear(weights, "classes", codes)


def translate(images, shifts):
    """Move each image by whole pixels, repeating its edge where nothing was.

    Parameters
    ----------
    images : tensor of shape (n, size, size)
    shifts : int64 tensor of shape (n, 2)
        Pixels down and pixels right.

    Returns
    -------
    moved : tensor of shape (n, size, size)
    """
    n_images, height, width = images.shape
    rows = torch.arange(height, device=images.device) - shifts[:, :1]
    columns = torch.arange(width, device=images.device) - shifts[:, 1:]
    rows, columns = rows.clamp(0, height - 1), columns.clamp(0, width - 1)
    which = torch.arange(n_images, device=images.device)
    return images[which[:, None, None], rows[:, :, None], columns[:, None, :]]
