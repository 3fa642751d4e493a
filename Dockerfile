# One image for the service, the worker and the migrations: `docker run IMAGE serve`, `… migrate`, `… doctor`.
# Without DATABASE_URL it serves from an embedded PostgreSQL whose data is the volume below; run it with --init.
FROM python:3.11-slim-bookworm

ENV HOST=0.0.0.0 \
    PORT=8000 \
    DATA=/var/lib/evenkeel \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

# PostgreSQL refuses root, and initdb a user without a name.
RUN useradd --system --uid 10001 --home-dir /var/lib/evenkeel --create-home --shell /usr/sbin/nologin evenkeel

WORKDIR /srv/evenkeel

# The packages first: this layer is built again only when the lock changes.
COPY requirements.lock ./
RUN python -m pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE NOTICE ./
COPY domain domain/
COPY persistence persistence/
COPY migrations migrations/
COPY api api/
RUN python -m pip install --no-deps --no-build-isolation .

USER 10001
WORKDIR /var/lib/evenkeel
VOLUME ["/var/lib/evenkeel"]
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]

ENTRYPOINT ["evenkeel"]
CMD ["serve"]
