# Builds the image of a service, or of the gateway with the page: docs/deploying.md
#
#   docker build --build-arg SERVICE=orders --tag shop/orders:1.0.0 .
#
# All images share the layers of the first stage, which a builder keeps.
ARG BASE=node:24-slim

FROM ${BASE} AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund --loglevel=error
RUN npm run build
ARG SERVICE
RUN node tools/dev/bin/image-folder.mjs ${SERVICE} /app

FROM ${BASE}
ARG SERVICE
LABEL org.opencontainers.image.title=${SERVICE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=build /app .
# Keeps the compiled code, because the file system of a container should be read-only. Without settings, a program ends with 2
# after it is loaded. The cache belongs to the user and to this version of Node. A volume for files gets the owner of /files.
RUN mkdir .compiled /files && chown 1000:1000 .compiled /files
USER 1000:1000
RUN node main.js 2>/dev/null || test $? -eq 2
EXPOSE 8080
# Not by a shell, so that the program gets SIGTERM.
ENTRYPOINT ["node", "main.js"]
