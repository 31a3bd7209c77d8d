# Callpanion in a container: the one binary on Debian slim, as a user without rights, with everything that it writes in /data.
#
#   docker build --tag callpanion .
#   docker run --publish 8080:8080 --volume callpanion:/data --volume ./callpanion.toml:/etc/callpanion.toml:ro callpanion
#
# The configuration, and files of secrets beside it, must be readable for the user 10001.
# Any key of the configuration can also come by the environment: --env CALLPANION__PUBLIC_URL=https://calls.example.org
# The first start prints the one-time link for the first staff account: docker logs CONTAINER

# The version of rust-toolchain.toml. The image brings a C compiler, which SQLite and ring need.
FROM rust:1.95.0-slim-bookworm AS build
# Keeps rustup from fetching what only development needs.
ENV RUSTUP_TOOLCHAIN=1.95.0
# The plugins are built for this target.
RUN rustup target add wasm32-wasip2
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package callpanion \
    && cp target/release/callpanion /usr/local/bin/callpanion

FROM debian:bookworm-slim
# Vendors' certificates and time zones are in the binary; curl is for the health check alone.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --home-dir /data callpanion \
    && install --directory --owner=callpanion --group=callpanion --mode=0700 /data
COPY --from=build /usr/local/bin/callpanion /usr/local/bin/callpanion
COPY --from=build /src/LICENSE /usr/share/doc/callpanion/LICENSE
# An empty file, so that the container starts with the defaults when no configuration is mounted over it.
RUN touch /etc/callpanion.toml
USER callpanion
WORKDIR /data
# Variables outrank the file, so `listen` and `data_dir` of a mounted file do not count.
ENV CALLPANION__DATA_DIR=/data \
    CALLPANION__LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
# SIGTERM, Docker's own signal, makes it finish what it has begun.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/livez"]
ENTRYPOINT ["callpanion"]
CMD ["serve", "--config", "/etc/callpanion.toml"]
