"""The worker: the same use cases, after the answer. It is kept lean: nothing here may load what speaks HTTP."""
