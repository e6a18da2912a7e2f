# The site's image: web server, worker and commands are the same image with another command (docker-compose.yml).
FROM python:3.13-slim-bookworm AS build

COPY requirements.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt \
    && /opt/venv/bin/pip uninstall --quiet --yes pip


FROM python:3.13-slim-bookworm

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static-files

RUN useradd --system --uid 10001 --home-dir /app site \
    && install --directory --owner=site --group=site /data /nginx

COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY deploy/healthcheck.py deploy/
COPY deploy/nginx/pastebin.conf deploy/nginx/
COPY locale locale
COPY wording wording
COPY static static
COPY templates templates
COPY accounts accounts
COPY pastes pastes
COPY pastebin pastebin

# Static files get their hash and their compressed copies here, so that they always belong to the code beside them.
RUN python -m compileall -q accounts pastes pastebin \
    && DATA_DIR=/tmp/build STATIC_HASHED=1 python manage.py collectstatic --no-input --verbosity 0 \
    && rm -r /tmp/build

USER site
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/healthcheck.py"]

CMD ["python", "-m", "pastebin.server", "--host=0.0.0.0", "--port=8000"]
