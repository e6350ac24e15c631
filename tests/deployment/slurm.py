"""A real SLURM cluster of one node, for the time of a test.

Debian's packages are unpacked into the cache folder, not installed: nothing of the machine
changes, no service starts. Only processes started here are stopped.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from venvs import cache_folder

PACKAGES = ("slurm-wlm", "munge")
CPUS = 4  # jobs at once; more than a small machine has, so that they do run side by side
CONFIGURATION = """
ClusterName=facepatch
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
PluginDir={plugins}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
MinJobAge=600
KillWait=10
SchedulerParameters=sched_interval=2,defer_batch
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=64000 State=UNKNOWN
PartitionName=main Nodes=node Default=YES MaxTime=INFINITE State=UP
"""


def unpack_debian():
    """Return the root of the unpacked packages, fetching them the first time.

    Skips the test, saying why, where they cannot be had.
    """
    root = cache_folder() / "slurm"
    if (root / "usr/sbin").exists():
        return root
    if not shutil.which("apt-get"):
        pytest.skip("NO SLURM TEST: no apt-get here to fetch Debian's slurm-wlm and munge with")
    work = cache_folder() / ".slurm-debs"
    work.mkdir(parents=True, exist_ok=True)
    problem = _download(work)
    if problem and os.geteuid() == 0:  # perhaps the lists of packages are old or missing
        _run("apt-get", "update")
        problem = _download(work)
    if problem:
        pytest.skip(f"NO SLURM TEST: apt-get cannot fetch slurm-wlm and munge: {problem}")
    for package in work.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, work / "root"], check=True)
    (work / "root").rename(root)
    shutil.rmtree(work)
    return root


def _download(folder):
    """Fetch the packages and what they need; returns what went wrong, or nothing."""
    plan = _run("apt-get", "install", "--no-install-recommends", "--dry-run", *PACKAGES)
    names = [line.split()[1] for line in plan.stdout.splitlines() if line.startswith("Inst ")]
    fetched = _run("apt-get", "download", *names, cwd=folder) if names else plan
    return (fetched.stderr[-500:] or "nothing to fetch") if fetched.returncode or not names else ""


def _run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


class Cluster:
    """The running cluster: `environment` holds what its clients need."""

    def __init__(self, folder):
        self.folder = Path(folder)
        root = unpack_debian()
        library = root / "usr/lib" / f"{os.uname().machine}-linux-gnu"
        self.plugins = library / "slurm-wlm"
        self.programs, self.clients = root / "usr/sbin", root / "usr/bin"
        self.settings = {
            "LD_LIBRARY_PATH": f"{library}:{self.plugins}",
            "SLURM_CONF": str(self.folder / "slurm.conf"),
        }
        self.environment = os.environ | {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        self.processes = []

    def client(self, *command):
        """Run a client such as squeue and return what it prints."""
        result = _run(*command, env=self.environment)
        assert result.returncode == 0, f"{command}: {result.stderr}"
        return result.stdout

    def start(self):
        """Start munged, slurmctld and slurmd and wait until the node takes jobs."""
        for name in ("munge", "controller", "node"):
            (self.folder / name).mkdir(parents=True, mode=0o755)
        self._wrap_clients()
        munge = self.folder / "munge"
        (munge / "key").write_bytes(os.urandom(1024))
        (munge / "key").chmod(0o400)
        values = {
            "host": socket.gethostname().split(".")[0],
            "user": _run("id", "-un").stdout.strip(),
            "folder": self.folder,
            "plugins": self.plugins,
            "cpus": CPUS,
            "controller_port": _free_port(),
            "node_port": _free_port(),
        }
        (self.folder / "slurm.conf").write_text(CONFIGURATION.format(**values))
        self._launch(
            *("munged", "--foreground", "--force", f"--socket={munge}/socket"),
            *(f"--key-file={munge}/key", f"--pid-file={munge}/pid"),
            *(f"--log-file={munge}/log", f"--seed-file={munge}/seed"),
        )
        self._wait_for((munge / "socket").exists)
        self._launch("slurmctld-wlm", "-D", "-c")
        self._launch("slurmd-wlm", "-D", "-N", "node", "-d", str(self.programs / "slurmstepd-wlm"))
        self._wait_for(
            lambda: "idle" in _run("sinfo", "-h", "-o", "%T", env=self.environment).stdout
        )

    def _wrap_clients(self):
        """Make srun and the others find the cluster even where SLURM_* variables are removed."""
        (self.folder / "bin").mkdir()
        values = " ".join(f"{name}={value}" for name, value in self.settings.items())
        for client in self.clients.iterdir():
            wrapper = self.folder / "bin" / client.name
            wrapper.write_text(f'#!/bin/sh\nexec env {values} {client} "$@"\n')
            wrapper.chmod(0o755)

    def stop(self):
        """Cancel what still runs and stop what `start` started, last first."""
        with contextlib.suppress(AssertionError):
            self.client("scancel", "--full", "--signal=KILL", "--partition=main")
            self._wait_for(lambda: not self.client("squeue", "-h", "-t", "R,CG").strip())
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def _launch(self, program, *arguments):
        log = open(self.folder / f"{program}.out", "wb")  # noqa: SIM115
        command = [str(self.programs / program), *arguments]
        with log:
            process = subprocess.Popen(
                command,
                env=self.environment | self.settings,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_parent,
            )
        self.processes.append(process)

    def _wait_for(self, ready, seconds=60):
        end = time.monotonic() + seconds
        while not ready():
            for process in self.processes:
                assert process.poll() is None, f"{process.args[0]} ended:\n{self.messages()}"
            assert time.monotonic() < end, f"the cluster is not up:\n{self.messages()}"
            time.sleep(0.2)

    def messages(self):
        """Return the ends of the daemons' logs."""
        logs = [*self.folder.glob("*.out"), *self.folder.glob("*.log")]
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in logs)


def _end_with_parent():
    """Have Linux end this process when the test's process is gone, however it went."""
    set_signal_of_parents_death = 1
    ctypes.CDLL(None).prctl(set_signal_of_parents_death, signal.SIGTERM)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
