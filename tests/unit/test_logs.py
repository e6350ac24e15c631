import errno
import os
from types import SimpleNamespace

import numpy as np
import pytest
from facepatch.errors import InputError
from facepatch.logs import job_log


@pytest.fixture
def job(tmp_path):
    return SimpleNamespace(log=[tmp_path / "job.log"])


def test_what_a_job_prints_is_logged_and_shown(job, capsys):
    with job_log(job):
        print("at work")
    assert capsys.readouterr().out == "at work\n"
    assert job.log[0].read_text().startswith("at work\ndone in ")


def test_bad_input_ends_with_its_message_alone(job, capsys):
    with pytest.raises(SystemExit), job_log(job):
        raise InputError("stimuli.csv", "no rows", "some", "Add rows.")
    assert "stimuli.csv" in capsys.readouterr().err
    assert "Traceback" not in job.log[0].read_text()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_takes_no_more_is_named(job, capsys, number):
    with pytest.raises(SystemExit), job_log(job):
        raise OSError(number, os.strerror(number), "results/demo/images/train.npy")
    message = capsys.readouterr().err
    assert f"{job.log[0].parent}: {os.strerror(number)}" in message
    assert "MB free" in message


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is a Linux device")
def test_numpy_s_short_write_is_told_as_a_full_disk(job, capsys):
    with pytest.raises(SystemExit), job_log(job), open("/dev/full", "wb") as file:
        np.zeros(100_000).tofile(file)
    assert os.strerror(errno.ENOSPC) in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is a Linux device")
def test_the_message_is_shown_though_the_log_cannot_be_written(capsys):
    job = SimpleNamespace(log=["/dev/full"])
    with pytest.raises((SystemExit, OSError)), job_log(job):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert os.strerror(errno.ENOSPC) in capsys.readouterr().err


def test_other_errors_pass_with_their_traceback_logged(job):
    with pytest.raises(FileNotFoundError), job_log(job):
        os.stat("/nonexistent/file")
    assert "FileNotFoundError" in job.log[0].read_text()
