#!/bin/sh
# Submit one job to Grid Engine and print its id.
# Usage: submit.sh THREADS MEMORY_MB MINUTES GPUS JOBSCRIPT
set -eu
threads=$1 memory=$2 minutes=$3 gpus=$4 script=$5

logs=.snakemake/cluster_logs
mkdir -p "$logs"
limits="h_vmem=$((memory / threads))M,h_rt=$((minutes * 60))" # memory is counted per slot
if [ "$gpus" -gt 0 ]; then
  limits="$limits,gpu=$gpus"
fi
# -V keeps the environment that holds Snakemake; smp is the usual name of the queue for threads.
exec qsub -terse -V -cwd -j y -o "$logs" -pe smp "$threads" -l "$limits" "$script"
