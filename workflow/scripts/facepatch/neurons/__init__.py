"""Recordings of neurons, from users' files to trial-averaged responses."""
