"""``python -m bench.serve PORT``: the service with the limits on connections that ``evenkeel serve`` has, one process."""

import sys

import uvicorn

from api.middleware.connection_limits import BoundedProtocol

if __name__ == "__main__":
    uvicorn.run(
        "api.main:app",
        port=int(sys.argv[1]),
        loop="uvloop",
        http=BoundedProtocol,
        access_log=False,
        log_level="warning",
    )
