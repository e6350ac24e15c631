"""Training of networks: schedule, engines, checkpoints, processes."""
