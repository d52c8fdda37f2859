"""Faults at every call of a save: what is killed, refused or full, and what must hold after."""
