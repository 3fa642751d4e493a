"""Use cases of initiatives and groups: one function each, which owns its transaction."""
