"""The worker: runs use cases as jobs. To save memory, nothing here may import FastAPI, uvicorn or an HTTP client."""
