"""`python -m api.worker`: a worker that the environment configures; `evenkeel worker` executes it."""

import sys

from api.logging import configure_logging
from api.settings import Misconfigured, read_settings
from api.worker.process import WorkerConfig, run_worker


def main() -> int:
    """Run the worker; print why and return status 2 when it cannot start."""
    try:
        settings = read_settings()
        configure_logging(settings.log_level)
        run_worker(WorkerConfig.from_settings(settings), child="--child" in sys.argv)
    except Misconfigured as error:
        sys.stderr.write("\n".join(error.sentences) + "\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
