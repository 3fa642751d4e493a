"""What people may do with each other: one function each; the transaction is theirs."""
