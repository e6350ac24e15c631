"""How fast the training engines are, as ratios to plain PyTorch measured side by side.

    python benchmarks/training.py [--size 64] [--batch 16] [--steps 40] [--rounds 7]

Every variant runs in a process of its own with one thread, started as the workflow starts it.
The processes take turns, round after round, and speeds are counted in steps per second of CPU
time, so that other work on the machine and changes of its clock touch all variants alike. The
ratios are medians over the rounds. At the end two processes of the fastest variant run at once,
on wall time: nothing else may use the machine then.

Targets over plain PyTorch: 1.4 for the torch engine in float32, 1.7 in bfloat16 where the CPU
has it, 1.8 for two processes over one, under 1 GiB each. For the native engine: 2 in float32 with
AVX2, 3.5 with AVX-512, 5.5 in bfloat16 with avx512_bf16, 1.9 for two processes over one, under
600 MB each. A variant that this machine lacks is named and left out. benchmarks/native.py measures
the native engine against the machine's limit.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[1] / "workflow" / "scripts"
sys.path.insert(0, str(LIBRARY))

VARIANTS = ("plain", "torch float32", "torch bfloat16", "native float32", "native bfloat16")
N_IMAGES = 2100


def plain_steps(size, batch):
    """Yield after every step of a beta-VAE trained as a textbook does it."""
    import torch
    from torch import nn
    from torch.nn import functional
    from torch.utils.data import DataLoader, TensorDataset

    torch.set_num_threads(1)
    torch.manual_seed(0)
    down = {"kernel_size": 4, "stride": 2, "padding": 1}
    flat = 64 * (size // 16) ** 2
    encoder = nn.Sequential(
        *(nn.Conv2d(1, 32, **down), nn.ReLU(), nn.Conv2d(32, 32, **down), nn.ReLU()),
        *(nn.Conv2d(32, 64, **down), nn.ReLU(), nn.Conv2d(64, 64, **down), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(flat, 128), nn.ReLU(), nn.Linear(128, 100)),
    )
    decoder = nn.Sequential(
        *(nn.Linear(50, 128), nn.ReLU(), nn.Linear(128, flat), nn.ReLU()),
        nn.Unflatten(1, (64, size // 16, size // 16)),
        *(nn.ConvTranspose2d(64, 64, **down), nn.ReLU()),
        *(nn.ConvTranspose2d(64, 32, **down), nn.ReLU()),
        *(nn.ConvTranspose2d(32, 32, **down), nn.ReLU(), nn.ConvTranspose2d(32, 1, **down)),
    )
    images = TensorDataset(torch.rand(N_IMAGES, 1, size, size))
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-4)
    while True:
        for (x,) in DataLoader(images, batch_size=batch, shuffle=True, drop_last=True):
            mean, log_variance = encoder(x).chunk(2, 1)
            code = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
            y = torch.sigmoid(decoder(code))
            nll = functional.binary_cross_entropy(y, x, reduction="sum") / batch
            kl = 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).sum() / batch
            loss = nll + 4 * kl
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            yield loss.item()


def engine_steps(engine, precision, size, batch):
    """Yield after every step of an engine, fed as `facepatch.training.trainer` feeds it."""
    import numpy as np
    from facepatch.models.architecture import Architecture, initial_weights
    from facepatch.training.engine_state import EngineState
    from facepatch.training.engines import ENGINES
    from facepatch.training.streams import BatchOrder, PosteriorNoise

    architecture = Architecture("beta_vae", size)
    weights = {name: w[None] for name, w in initial_weights(architecture, 0).items()}
    zeros = {name: np.zeros_like(w) for name, w in weights.items()}
    images = np.random.default_rng(0).random((N_IMAGES, size, size), np.float32)
    state = EngineState(weights, zeros, zeros)
    trainer = ENGINES[engine](architecture, images, None, [4.0], 1e-4, "cpu", precision, state, 0)
    order, noise = BatchOrder(0, N_IMAGES, batch), PosteriorNoise(0, batch, 50)
    step = 0
    while True:
        values = trainer.advance(order.read(step, 8)[:, None], noise.read(step, 8)[:, None], None)
        step += 8
        yield from values.loss[:, 0]


def work(variant, size, batch):
    """Be one variant's process: for every line on stdin take so many steps and report."""
    steps = plain_steps(size, batch)
    if variant != "plain":
        steps = engine_steps(*variant.split(), size, batch)
    for _ in range(16):
        next(steps)
    unit = 1024 if platform.system() == "Linux" else 1024 * 1024
    print("ready", flush=True)
    for line in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(int(line)):
            next(steps)
        report = {
            "cpu": time.process_time() - cpu,
            "wall": time.perf_counter() - wall,
            "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
        }
        print(json.dumps(report), flush=True)


def start(variant, options):
    """Return a variant's process once it is ready, or None if this machine lacks it."""
    from facepatch.training.allocator import training_environment

    # The textbook trainer has the system's allocator, as users of it would.
    tuned = training_environment(os.environ)
    plain = {k: v for k, v in tuned.items() if not k.startswith("MALLOC_")}
    process = subprocess.Popen(
        [
            *(sys.executable, "-P", str(Path(__file__).resolve()), "--worker", variant),
            *("--size", str(options.size), "--batch", str(options.batch)),
        ],
        env=plain if variant == "plain" else tuned,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if process.stdout.readline().strip() != "ready":
        reason = (process.stderr.read().strip() or "it ended").splitlines()[-1]
        print(f"{variant}: left out ({reason})")
        return None
    return process


def measure(processes, n_steps):
    """Let processes take steps at the same time; return their reports."""
    for process in processes:
        process.stdin.write(f"{n_steps}\n")
        process.stdin.flush()
    return [json.loads(process.stdout.readline()) for process in processes]


def bfloat16_products():
    """Return whether this CPU multiplies in bfloat16."""
    from facepatch.training.devices import choose_precision

    return choose_precision("auto", "cpu") == "bfloat16"


def one_core(running, options):
    """Print speed, ratio to plain PyTorch and memory of every variant."""
    speeds = {variant: [] for variant in running}
    memory = {}
    for _ in range(options.rounds):
        for variant, process in running.items():
            (report,) = measure([process], options.steps)
            speeds[variant].append(options.steps / report["cpu"])
            memory[variant] = report["mib"]
    print(f"{'one core':<18}{'steps per CPU second':>22}{'over plain':>12}{'MiB':>8}")
    for variant, found in speeds.items():
        ratio = statistics.median(
            ours / plain for ours, plain in zip(found, speeds["plain"], strict=True)
        )
        speed = statistics.median(found)
        print(f"{variant:<18}{speed:>22.1f}{ratio:>12.2f}{memory[variant]:>8.0f}")


def two_cores(variant, first, options):
    """Print the throughput of two processes side by side over that of one."""
    if len(os.sched_getaffinity(0)) < 2:
        print("two processes: left out (one core)")
        return
    second = start(variant, options)
    ratios = []
    for _ in range(options.rounds):
        (alone,) = measure([first], options.steps)
        both = measure([first, second], options.steps)
        ratios.append(sum(alone["wall"] / report["wall"] for report in both))
    print(f"two processes of {variant} over one (wall time): {statistics.median(ratios):.2f}")
    second.stdin.close()
    second.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=64, help="pixels of an image's side")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=40, help="steps of one turn")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--worker", choices=VARIANTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.size, options.batch)
        return
    import torch

    print(f"{platform.processor() or platform.machine()}, PyTorch {torch.__version__}, ", end="")
    print(f"kernels for {torch.backends.cpu.get_cpu_capability()}, batch {options.batch}, ", end="")
    print(f"{options.size} x {options.size} pixels")
    running = {}
    for variant in VARIANTS:
        if "bfloat16" in variant and not bfloat16_products():
            print(f"{variant}: left out (this CPU does not multiply in bfloat16)")
        elif (process := start(variant, options)) is not None:
            running[variant] = process
    one_core(running, options)
    for variant in ("torch float32", "native float32"):
        if variant in running:
            two_cores(variant, running[variant], options)
    for process in running.values():
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    main()
