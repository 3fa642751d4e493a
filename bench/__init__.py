"""The limits of README.md, measured: ``python -m bench``."""
