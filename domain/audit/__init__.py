"""The audit trail: what is told of which use case, how rows are sealed into blocks, and how that is checked."""
