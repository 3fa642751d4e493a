"""What leaders do with changes: one function each; the transaction is theirs."""
