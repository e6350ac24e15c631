# Snakemake looks at its queue anew a second after every look, because by then its limit of 100
# jobs a second lets more of them start. As each job that ends causes a look of its own, ever
# more looks go on every second: with hundreds of models waiting, each look asks the size of
# thousands of files, and before long Snakemake keeps a core busy by itself (seen in 9.27).
# One look that waits is enough.

import threading

from snakemake.scheduling.job_scheduler import JobScheduler


def look_again(scheduler, delay):
    """Wake the scheduler after `delay` seconds, unless that is to happen already."""

    def look():
        scheduler.will_look_again = False
        scheduler._open_jobs.release()

    if not getattr(scheduler, "will_look_again", False):
        scheduler.will_look_again = True
        threading.Timer(delay, look).start()


if hasattr(JobScheduler, "_schedule_reevalutation"):
    JobScheduler._schedule_reevalutation = look_again
