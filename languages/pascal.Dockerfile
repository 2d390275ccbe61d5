FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends fp-compiler libc6-dev fp-units-base fp-units-fcl fp-units-math \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1000 --no-create-home --home-dir /box box
WORKDIR /box
USER box
