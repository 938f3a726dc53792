"""Bringing the database to the newest version: the files of sql/, in the order of their numbers."""
