# The mock as an image.
#
#   docker build -t infisical-mock .
#   docker run -p 8080:8080 infisical-mock                       the bundled world
#   docker run -p 8080:8080 infisical-mock --profile live        arguments go to `infisical-mock serve`
#   docker run -p 8080:8080 -e INFISICAL_MOCK_TLS=auto infisical-mock       HTTPS
#   docker run -p 8080:8080 -v ./world:/fixtures:ro -e INFISICAL_MOCK_FIXTURES=/fixtures infisical-mock
#
# It runs as any user, on a read-only root, without a shell, and asks for no network. Settings are variables where the health check has
# to know them too: `-e INFISICAL_MOCK_PORT=9000`, not `--port 9000`.

ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends binutils
WORKDIR /src
COPY requirements/build.txt requirements/run.txt requirements/sbom.py requirements/
# Wheels only: an image that compiles is an image that differs. Bytecode is made below, in a form that no file time
# can make stale.
RUN pip install --no-cache-dir --no-compile --disable-pip-version-check --root-user-action=ignore \
        --only-binary=:all: --require-hashes --requirement requirements/build.txt \
    && pip install --no-cache-dir --no-compile --disable-pip-version-check --root-user-action=ignore \
        --only-binary=:all: --require-hashes --requirement requirements/run.txt --prefix=/install --ignore-installed \
        --report /tmp/installed.json
COPY LICENSE README.md pyproject.toml openapi.yaml ./
COPY fixtures/ fixtures/
COPY mockserver/ mockserver/
# What the image is made of, in CycloneDX, from the very files that pip has installed.
# What is dropped is never imported: sources of extensions, type stubs, tests, the commands of libraries; and the debug
# symbols of extensions, which are a third of the size (uvloop alone: 12 MB).
RUN pip install --no-cache-dir --no-compile --disable-pip-version-check --root-user-action=ignore \
        --no-index --no-deps --no-build-isolation --prefix=/install . \
    && mkdir -p /install/share/sbom \
    && python requirements/sbom.py /tmp/installed.json requirements/run.txt /install/lib/python*/site-packages \
        > /install/share/sbom/infisical-mock.cdx.json \
    && find /install \( -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' -o -name '*.c' -o -name '*.h' -o -name '*.pyi' \) -delete \
    && find /install/lib -type d -name tests -prune -exec rm -rf {} + \
    && find /install -name '*.so' -exec strip --strip-unneeded {} + \
    && find /install/bin -type f ! -name infisical-mock -delete \
    && python -m compileall -q -j 0 --invalidation-mode unchecked-hash -s /install -p /usr/local /install/lib

FROM python:${PYTHON}-slim
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="infisical-mock" \
      org.opencontainers.image.description="Mock and contract-test server for Infisical's machine-identity Kubernetes Auth" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /install/ /usr/local/
# The base holds no bytecode of the standard library, and a read-only root cannot keep any: half of a start would be
# compiling. So the modules that a check and a start import are compiled here, by doing both.
RUN infisical-mock check \
    && { infisical-mock serve --tls auto & server=$!; } \
    && timeout 60 sh -c 'until infisical-mock healthcheck --tls auto 2>/dev/null; do sleep 0.1; done' \
    && kill "$server" && wait "$server"
ENV INFISICAL_MOCK_HOST=0.0.0.0 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=2s --start-period=5s --start-interval=250ms CMD ["infisical-mock", "healthcheck"]
ENTRYPOINT ["infisical-mock"]
