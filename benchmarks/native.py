"""How near the native engine comes to the machine's limit, for this CPU and for AVX2 alone.

    python benchmarks/native.py [--size 64] [--batch 16] [--steps 20] [--rounds 7]

One process, one thread; the builds take turns and are timed by CPU time. The limit is measured
too: fused multiply-adds in float32 out of registers, with the same compiler and flags. The
ratios to PyTorch are in benchmarks/training.py.
"""

import argparse
import ctypes
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "workflow" / "scripts"))

N_IMAGES = 2100
LATENTS = 50


def multiply_adds(architecture):
    """Return the products of one image's forward and backward pass."""
    from facepatch.models.architecture import parameter_shapes

    forward = first = 0
    sides = {f"encoder.conv{i}": architecture.image_size >> i for i in range(1, 9)}
    sides |= {f"decoder.deconv{i}": architecture.grid << (i - 1) for i in range(1, 9)}
    for name, shape in parameter_shapes(architecture).items():
        layer, _, kind = name.rpartition(".")
        if kind == "weight":
            products = int(np.prod(shape)) * sides.get(layer, 1) ** 2
            forward += products
            first = products if layer == "encoder.conv1" else first
    return 3 * forward - first  # the images need no gradient


def build_peak(flags, folder):
    """Return the function that measures the limit under these flags."""
    from facepatch.training.native_library import compiler_command, source_files

    library = Path(folder) / f"peak-{abs(hash(flags))}.so"
    include = f"-I{source_files()[0].parent}"
    command = [*compiler_command(), *flags, include, str(HERE / "fma_peak.cpp")]
    subprocess.run([*command, "-o", str(library)], check=True)
    peak = ctypes.CDLL(str(library)).fma_peak
    peak.restype = ctypes.c_double
    return peak


def builds(folder):
    """Return name -> (library, its measure of the limit)."""
    from facepatch.training.native_library import FLAGS, build_library, load_library, native_flags

    flags = {"this CPU": native_flags()}
    if platform.machine() in ("x86_64", "AMD64"):
        flags["AVX2 only"] = (*FLAGS, "-march=x86-64-v3")
    return {
        name: (load_library(build_library(f, folder)), build_peak(f, folder))
        for name, f in flags.items()
    }


def variants(libraries, options):
    """Return name -> function that takes steps, and each one's measure of the limit."""
    from facepatch.models.architecture import Architecture, initial_weights
    from facepatch.training.native_engine import NativeNetwork
    from facepatch.training.streams import BatchOrder, PosteriorNoise

    architecture = Architecture("beta_vae", options.size, LATENTS)
    images = np.random.default_rng(0).random((N_IMAGES, options.size, options.size), np.float32)
    order = BatchOrder(0, N_IMAGES, options.batch).read(0, options.steps)
    noise = PosteriorNoise(0, options.batch, LATENTS).read(0, options.steps)
    runs, limits = {}, {}
    for name, (library, peak) in libraries.items():
        for precision in ("float32", "bfloat16"):
            if precision == "bfloat16" and not library.facepatch_has_bfloat16():
                print(f"{name}, bfloat16: left out (these instructions lack it)")
                continue
            network = NativeNetwork(library, architecture, options.batch, precision)
            network.write("weights", initial_weights(architecture, 0))
            label = f"{name}, {library.facepatch_lanes()} lanes, {precision}"
            runs[label] = lambda n=network: n.train(images, order, noise, 4.0, 1e-4, 0)
            limits[label] = peak
    return architecture, runs, limits


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=64, help="pixels of an image's side")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=20, help="steps of one turn")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        architecture, runs, limits = variants(builds(folder), options)
        speeds, peaks = {name: [] for name in runs}, {name: [] for name in runs}
        for _ in range(options.rounds):
            for name, run in runs.items():
                started = time.process_time()
                run()
                speeds[name].append(options.steps / (time.process_time() - started))
                peaks[name].append(limits[name]())
    flops = 2e-9 * multiply_adds(architecture) * options.batch
    print(f"{flops:.3f} GFLOP a step")
    print(f"{'build':<36}{'steps per CPU second':>21}{'GFLOP/s':>9}{'limit':>7}{'share':>7}")
    for name, found in speeds.items():
        speed, limit = statistics.median(found), statistics.median(peaks[name])
        print(f"{name:<36}{speed:>21.1f}{flops * speed:>9.1f}{limit:>7.1f}", end="")
        print(f"{flops * speed / limit:>7.0%}")


if __name__ == "__main__":
    main()
