"""Recordings of a sensor: generated, processed one by one, and reported on as a run."""
