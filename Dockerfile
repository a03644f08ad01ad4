# One image for the web, the workers, beat and the migrations; docker-compose.yml says what each runs.
FROM python:3.12-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/firsthand

COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt

COPY . .
# Static files are hashed and compressed once, here; the settings need addresses, and nothing connects.
RUN SECRET_KEY=build DATABASE_URL=postgres://build@/build REDIS_URL=redis://build \
      python manage.py collectstatic --noinput --verbosity 0 \
 && useradd --system --uid 10001 --home-dir /srv/firsthand firsthand \
 && mkdir -p var/run && chown -R firsthand var

USER firsthand
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--blocking-threads", "8", "tracker.wsgi:application"]
