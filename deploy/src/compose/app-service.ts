import { type MeshProcess, secretFilesOf, secretsFolder, servicesPortOf } from "../processes.ts";

/** A service of a compose file. */
export type ComposeService = Readonly<Record<string, unknown>>;

/** The port of every process, as the image sets it. */
export const publicPort = 8080;
export const metricsPort = 9464;

/** Returns a variable of the shell, or of the file .env beside the compose file. */
export function variable(name: string, fallback: string): string {
  return `\${${name}:-${fallback}}`;
}

/** The settings of all processes. The network is on one machine, which is why NATS and PostgreSQL have no TLS. */
const common = {
  NATS_TLS: "off",
  DATABASE_TLS: "off",
  MESH_TLS_DIR: "/tls",
  METRICS_PORT: String(metricsPort),
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
};

/** Empty settings count as not set. */
const edge = {
  PROXIES: "1",
  PUBLIC_ORIGINS: `https://${variable("PUBLIC_HOST", "localhost")}`,
  WEB_DIR: "/app/web",
  OIDC_ISSUER: variable("OIDC_ISSUER", ""),
  OIDC_CLIENT_ID: variable("OIDC_CLIENT_ID", ""),
  OIDC_CLIENT_SECRET: variable("OIDC_CLIENT_SECRET", ""),
};

/** Ends with 0 if the process of the container is ready. */
const isReadyProgram = `fetch("http://127.0.0.1:${metricsPort}/readyz").then(({ ok }) => process.exit(ok ? 0 : 1))`;

/** Returns the container of a service or of the gateway: two of each, on a file system that cannot be written. */
export function appService(process: MeshProcess): ComposeService {
  const { name, isGateway, hasServices, hasFiles } = process;
  const isReady = { condition: "service_healthy" };
  return {
    image: `${variable("REGISTRY", "localhost")}/${name}:${variable("TAG", "development")}`,
    build: { context: "../../..", args: { SERVICE: name } },
    restart: "unless-stopped",
    networks: isGateway ? ["edge", "mesh"] : ["mesh"],
    environment: {
      ...common,
      ...(isGateway && edge),
      ...(isGateway && hasServices && { GRPC_PORT: String(servicesPortOf(process)) }),
      ...(hasFiles && { FILES_DIR: "/files" }),
      ...secretFilesOf(process),
    },
    volumes: [
      `./secrets/tls/${name}:/tls:ro`,
      `./secrets/settings/${name}:${secretsFolder}:ro`,
      ...(hasFiles ? [`${name}-files:/files`] : []),
    ],
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    healthcheck: { test: ["CMD", "node", "-e", isReadyProgram], interval: "5s", timeout: "5s", start_period: "60s" },
    // A process ends within 25 s.
    stop_grace_period: "30s",
    deploy: { replicas: 2, resources: { limits: { cpus: "1", memory: "512M" } } },
    depends_on: { "nats-1": isReady, "nats-2": isReady, "nats-3": isReady, postgres: isReady },
  };
}
