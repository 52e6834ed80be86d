# One recipe for every service: `docker build --build-arg SERVICE=module1 .`, or `docker compose build`.
# SERVICE is the folder of a module in services/, or offline-model. Node runs the TypeScript as it is; only the page is built.
# (No syntax line: it would be pulled, and this file needs nothing that an engine of 2020 lacks.)

ARG BASE_IMAGE=node:24.21.0-bookworm-slim

# All packages of the lockfile: one layer for all services, until a version changes.
FROM ${BASE_IMAGE} AS packages
ARG PNPM_VERSION=12.21.0
RUN npm install --global --silent "pnpm@${PNPM_VERSION}"
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
# (Including optional ones; the install below omits them: Node, which the base image has, and the DuckDB of `agento sql`,
# which no service uses.)
RUN pnpm fetch --prod --store-dir /store && rm -rf node_modules

# The page, built as browsers take it: the same layer for all services, and none of its tools is in an image.
FROM packages AS page
COPY . .
RUN pnpm install --frozen-lockfile --prefer-offline --store-dir /store --filter @agento/page \
  && cd packages/page && node_modules/.bin/vite build --logLevel error

# Production dependencies of this one service, linked as in a checkout. Not `pnpm deploy`: it would copy our own
# packages into node_modules, where Node strips no types.
FROM packages AS install
ARG SERVICE
COPY . .
# pnpm's own metadata contains timestamps; without it, the same packages produce the same layer.
RUN pnpm install --prod --no-optional --frozen-lockfile --offline --store-dir /store --filter "@agento/${SERVICE}..." \
  && rm -f node_modules/.modules.yaml node_modules/.pnpm-workspace-state*.json node_modules/.pnpm/lock.yaml \
  && mv node_modules /dependencies \
  && ln -s "$(ls -d services/${SERVICE} packages/${SERVICE} 2>/dev/null)" service \
  && test -f service/src/server.ts \
  && mkdir /data

FROM ${BASE_IMAGE}
# Two layers: the modules share the first, which stays the same while only their code changes.
COPY --from=install /dependencies /app/node_modules
COPY --from=install /app /app
COPY --from=page /app/packages/page/built /app/packages/page/built
# A new volume mounted here inherits the owner.
COPY --from=install --chown=10001:10001 /data /data
WORKDIR /app
ENV NODE_ENV=production AGENTO_DATA_DIR=/data
USER 10001:10001
# A module is ready when it can take a run. (The offline model has a check of its own in docker-compose.yml.)
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node itself, so that SIGTERM reaches it; `init` of the runtime (docker-compose.yml) is its parent.
# The flags are those of packages/cli/src/system/node-flags.ts.
ENTRYPOINT ["node", "--max-semi-space-size=16", "--min-semi-space-size=16", "/app/service/src/server.ts"]
