"""`uvicorn api.main:app`: the application that the environment configures. `evenkeel serve` starts it."""

from api.startup import start

app = start()
