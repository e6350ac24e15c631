"""Stimuli and all that comes with them, from users' files to checked arrays."""
