"""The audit log: what is recorded, how rows are sealed into blocks, and how that is verified."""
