"""Edits workbooks that others made and checks, with other people's parsers, what came of it.

``python -m tests.store.corpus FOLDER`` runs it on any folder and prints a summary.
"""
