"""Grey-scale faces rendered from named factors: the workflow's built-in stimuli."""
