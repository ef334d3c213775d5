import { gatewayOf, type MeshProcess } from "../processes.ts";
import { appService, type ComposeService, metricsPort, publicPort, variable } from "./app-service.ts";

/** A compose file. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly [key: string]: unknown;
}

/** The servers of NATS: streams in production have three replicas. */
export const natsServers = ["nats-1", "nats-2", "nats-3"];

const always = { restart: "unless-stopped", networks: ["mesh"] };

/** Returns a container that may write nothing but its volumes. */
function server(image: string, volumes: readonly string[], more: ComposeService = {}): ComposeService {
  return { image, ...always, volumes, security_opt: ["no-new-privileges:true"], ...more };
}

function natsServer(name: string): ComposeService {
  const volumes = [
    `${name}:/data`,
    "./nats.conf:/etc/nats/nats.conf:ro",
    "./secrets/users.conf:/etc/nats/users.conf:ro",
  ];
  const health = "wget -qO- 'http://127.0.0.1:8222/healthz?js-enabled-only=true'";
  return server("nats:2.14-alpine", volumes, {
    command: ["--config", "/etc/nats/nats.conf", "--name", name],
    healthcheck: { test: ["CMD-SHELL", health], interval: "5s", timeout: "5s", retries: 12 },
  });
}

/** The collector gets the traces of all processes. */
const telemetry = {
  prometheus: server("prom/prometheus:v3.7.3", [
    "./prometheus.yaml:/etc/prometheus/prometheus.yml:ro",
    "./rules.yaml:/etc/prometheus/rules.yaml:ro",
    "prometheus:/prometheus",
  ]),
  // It sends alerts to other systems.
  alertmanager: server(
    "prom/alertmanager:v0.29.0",
    ["./alertmanager.yaml:/etc/alertmanager/alertmanager.yml:ro", "alertmanager:/alertmanager"],
    { networks: ["edge", "mesh"] },
  ),
  grafana: server(
    "grafana/grafana:12.2.1",
    [
      "./grafana.yaml:/etc/grafana/provisioning/datasources/mesh.yaml:ro",
      "./dashboards.yaml:/etc/grafana/provisioning/dashboards/mesh.yaml:ro",
      "./dashboards:/etc/grafana/dashboards:ro",
      "grafana:/var/lib/grafana",
    ],
    {
      environment: { GF_SECURITY_ADMIN_PASSWORD__FILE: "/run/secrets/grafana" },
      networks: ["edge", "mesh"],
      ports: ["127.0.0.1:3000:3000"],
      secrets: ["grafana"],
    },
  ),
  collector: server("otel/opentelemetry-collector:0.139.0", ["./collector.yaml:/etc/otelcol/config.yaml:ro"]),
};

const postgres = server(
  "postgres:18",
  ["postgres:/var/lib/postgresql", "./secrets/databases.sql:/docker-entrypoint-initdb.d/databases.sql:ro"],
  {
    environment: { POSTGRES_PASSWORD_FILE: "/run/secrets/postgres" },
    secrets: ["postgres"],
    shm_size: "256mb",
    healthcheck: { test: ["CMD", "pg_isready", "-U", "postgres"], interval: "5s", timeout: "5s", retries: 12 },
  },
);

const keycloak = server("quay.io/keycloak/keycloak:26.4", ["keycloak:/opt/keycloak/data"], {
  // Signing in needs an issuer with https, and a realm: docs/deploying.md
  profiles: ["sign-in"],
  command: ["start", "--http-enabled=true", "--proxy-headers=xforwarded"],
  environment: { KC_HOSTNAME: `https://${variable("AUTH_HOST", "auth.localhost")}` },
  env_file: ["./secrets/keycloak.env"],
});

function proxyOf(gateway: string): ComposeService {
  return server("caddy:2.10-alpine", ["./Caddyfile:/etc/caddy/Caddyfile:ro", "caddy:/data"], {
    environment: {
      PUBLIC_HOST: variable("PUBLIC_HOST", "localhost"),
      AUTH_HOST: variable("AUTH_HOST", "auth.localhost"),
    },
    ports: ["80:80", "443:443"],
    networks: ["edge", "mesh"],
    depends_on: { [gateway]: { condition: "service_started" } },
  });
}

/** Returns the compose file of a mesh on one machine. */
export function composeOf(processes: readonly MeshProcess[]): ComposeFile {
  const files = processes.filter(({ hasFiles }) => hasFiles).map(({ name }) => `${name}-files`);
  const volumes = [...natsServers, "postgres", "prometheus", "alertmanager", "grafana", "keycloak", "caddy", ...files];
  return {
    services: {
      ...Object.fromEntries(natsServers.map((name) => [name, natsServer(name)])),
      postgres,
      ...Object.fromEntries(processes.map((one) => [one.name, appService(one)])),
      proxy: proxyOf(gatewayOf(processes)),
      ...telemetry,
      keycloak,
    },
    // No process but the proxy reaches, or is reached from, outside of this network.
    networks: { edge: {}, mesh: { internal: true } },
    volumes: Object.fromEntries(volumes.map((name) => [name, {}])),
    secrets: { postgres: { file: "./secrets/postgres" }, grafana: { file: "./secrets/grafana" } },
  };
}

/** Returns the other files, by name. They have no secrets. */
export function composeFiles(processes: readonly MeshProcess[]): Readonly<Record<string, string>> {
  const routes = natsServers.map((name) => `nats://${name}:6222`).join(", ");
  return {
    "nats.conf": `port: 4222
http_port: 8222
jetstream { store_dir: /data, sync_interval: always }
cluster { name: mesh, port: 6222, routes: [${routes}] }
include ./users.conf
`,
    Caddyfile: `{$PUBLIC_HOST} {
	encode zstd gzip
	reverse_proxy {
		dynamic a ${gatewayOf(processes)} ${publicPort} {
			refresh 5s
		}
		flush_interval -1
		lb_try_duration 5s
	}
}

{$AUTH_HOST} {
	reverse_proxy keycloak:8080
}
`,
    // The rules take the name of the job for that of the process.
    "prometheus.yaml": `global: { scrape_interval: 15s, evaluation_interval: 15s }
rule_files: [rules.yaml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ["alertmanager:9093"] }] }] }
scrape_configs:
${processes.map(({ name }) => `  - { job_name: ${name}, dns_sd_configs: [{ type: A, port: ${metricsPort}, names: [${name}] }] }\n`).join("")}`,
    "collector.yaml": `receivers:
  otlp:
    protocols:
      http: { endpoint: "0.0.0.0:4318" }
processors:
  batch: {}
exporters:
  # Replace it by that of your store of traces.
  debug: {}
service:
  pipelines:
    traces: { receivers: [otlp], processors: [batch], exporters: [debug] }
`,
    "grafana.yaml": `apiVersion: 1
datasources:
  - { name: Prometheus, type: prometheus, url: "http://prometheus:9090", isDefault: true }
`,
    "dashboards.yaml": `apiVersion: 1
providers:
  - { name: mesh, type: file, options: { path: /etc/grafana/dashboards } }
`,
  };
}
