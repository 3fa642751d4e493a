"""``uvicorn api.main:app``: the application as the environment sets it up. ``evenkeel serve`` starts it."""

from api.startup import start

app = start()
