import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { type Dashboard, DashboardBuilder, type Panel, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { ShownMethod, ShownService } from "./contracts.ts";
import { chart, figure } from "./panels.ts";

const window = "[5m]";

/** The dashboard of the whole mesh: the gateway, all services, events and processes. */
export function meshDashboard(): Dashboard {
  const calls = `rpc_server_call_duration_seconds`;
  return dashboard("mesh", "Mesh", [
    row("Gateway"),
    figure({ title: "Requests", unit: "reqps", series: { all: rate("http_server_request_duration_seconds_count") } }),
    figure({
      title: "Failed requests",
      unit: "percentunit",
      limit: 0.01,
      series: { failed: failing("http_server_request_duration_seconds_count") },
    }),
    figure({ title: "p99", unit: "s", series: { p99: quantile(0.99, "http_server_request_duration_seconds_bucket") } }),
    figure({ title: "Open subscriptions", unit: "short", series: { open: "sum(typemesh_gateway_subscriptions)" } }),
    chart({
      title: "Requests by route",
      unit: "reqps",
      series: { "{{http_route}}": rate("http_server_request_duration_seconds_count", "http_route") },
    }),
    chart({
      title: "p99 by route",
      unit: "s",
      series: { "{{http_route}}": quantile(0.99, "http_server_request_duration_seconds_bucket", "http_route") },
    }),
    row("Services"),
    chart({ title: "Calls", unit: "reqps", series: { "{{job}}": rate(`${calls}_count`, "job") } }),
    chart({ title: "Failed calls", unit: "percentunit", series: { "{{job}}": failing(`${calls}_count`, "job") } }),
    chart({ title: "p99", unit: "s", series: { "{{job}}": quantile(0.99, `${calls}_bucket`, "job") } }),
    chart({
      title: "Calls that run, and the limit",
      unit: "short",
      series: {
        "{{job}}": 'sum by (job) (typemesh_rpc_server_calls{typemesh_call_use="unary"})',
        "{{job}} at most": 'sum by (job) (typemesh_rpc_server_call_limit{typemesh_call_use="unary"} > 0)',
      },
    }),
    chart({
      title: "Rejected calls",
      unit: "reqps",
      series: { "{{job}}": rate("typemesh_rpc_server_rejected_calls_total", "job") },
    }),
    chart({
      title: "Replicas, as callers see them",
      unit: "short",
      series: {
        "{{server_address}} {{typemesh_replica_state}}":
          "max by (server_address, typemesh_replica_state) (typemesh_rpc_client_replicas)",
      },
    }),
    row("Events"),
    chart({
      title: "Events that are not sent",
      unit: "short",
      series: { "{{typemesh_service}}": "max by (typemesh_service) (typemesh_outbox_events)" },
    }),
    chart({
      title: "Age of the oldest event that is not sent",
      unit: "s",
      limit: 60,
      series: { "{{typemesh_service}}": "max by (typemesh_service) (typemesh_outbox_age_seconds)" },
    }),
    chart({
      title: "Events that wait for a consumer",
      unit: "short",
      limit: 1_000,
      series: { "{{messaging_consumer_group_name}}": "max by (messaging_consumer_group_name) (typemesh_consumer_lag)" },
    }),
    chart({
      title: "Redeliveries and dead letters",
      unit: "reqps",
      series: {
        "{{messaging_consumer_group_name}} again": rate(
          "typemesh_events_redeliveries_total",
          "messaging_consumer_group_name",
        ),
        "{{messaging_consumer_group_name}} dead": rate(
          "typemesh_events_dead_letters_total",
          "messaging_consumer_group_name",
        ),
      },
    }),
    chart({
      title: "Events that wait for another attempt, or are dead",
      unit: "short",
      series: {
        "{{messaging_consumer_group_name}} {{typemesh_parked_state}}":
          "max by (messaging_consumer_group_name, typemesh_parked_state) (typemesh_events_parked)",
      },
    }),
    chart({
      title: "Age of the oldest event that waits for another attempt",
      unit: "s",
      limit: 900,
      series: {
        "{{messaging_consumer_group_name}}":
          "max by (messaging_consumer_group_name) (typemesh_events_parked_age_seconds)",
      },
    }),
    chart({
      title: "How full streams are",
      unit: "percentunit",
      limit: 0.7,
      series: { "{{typemesh_stream}}": "max by (typemesh_stream) (typemesh_stream_fill_ratio)" },
    }),
    row("Jobs"),
    chart({
      title: "Jobs that wait, run, or have failed",
      unit: "short",
      series: {
        "{{messaging_destination_name}} {{typemesh_job_state}}":
          "max by (messaging_destination_name, typemesh_job_state) (typemesh_jobs)",
      },
    }),
    chart({
      title: "Age of the oldest job that could begin",
      unit: "s",
      limit: 300,
      series: {
        "{{messaging_destination_name}}": "max by (messaging_destination_name) (typemesh_jobs_age_seconds)",
      },
    }),
    row("Processes"),
    chart({ title: "Memory", unit: "bytes", series: { "{{job}} {{instance}}": "process_memory_usage_bytes" } }),
    chart({
      title: "Processors",
      unit: "percentunit",
      series: { "{{job}} {{instance}}": `sum by (job, instance) (rate(process_cpu_time_seconds_total${window}))` },
    }),
    chart({
      title: "Delay of the event loop, p99",
      unit: "s",
      limit: 0.1,
      series: { "{{job}} {{instance}}": "nodejs_eventloop_delay_p99_seconds" },
    }),
    chart({
      title: "Connections to PostgreSQL that are in use",
      unit: "short",
      series: {
        "{{db_client_connection_pool_name}}":
          'sum by (db_client_connection_pool_name) (db_client_connection_count{db_client_connection_state="used"})',
      },
    }),
  ]);
}

/** The dashboard of a service: its methods with their deadlines, its callers, its events and its statements. */
export function serviceDashboard({ name, methods, publishes }: ShownService): Dashboard {
  const own = `job="${name}"`;
  const outbox = [
    row("Events"),
    chart({
      title: "Events that are not sent",
      unit: "short",
      series: { events: `max(typemesh_outbox_events{typemesh_service="${name}"})` },
    }),
    chart({
      title: "Age of the oldest of them",
      unit: "s",
      limit: 60,
      series: { age: `max(typemesh_outbox_age_seconds{typemesh_service="${name}"})` },
    }),
  ];
  return dashboard(`mesh-${name}`, `Service ${name}`, [
    row("Callers"),
    chart({
      title: "Calls by caller",
      unit: "reqps",
      series: { "{{typemesh_caller}}": rate(`rpc_server_call_duration_seconds_count{${own}}`, "typemesh_caller") },
    }),
    chart({
      title: "Calls by result",
      unit: "reqps",
      series: { "{{rpc_status_code}}": rate(`rpc_server_call_duration_seconds_count{${own}}`, "rpc_status_code") },
    }),
    row("Methods"),
    ...methods.flatMap(methodPanels),
    ...(publishes ? outbox : []),
    row("Statements"),
    chart({
      title: "Statements",
      unit: "reqps",
      series: {
        "{{db_query_summary}}": `topk(10, ${rate(`db_client_operation_duration_seconds_count{${own}}`, "db_query_summary")})`,
      },
    }),
    chart({
      title: "p99 of statements",
      unit: "s",
      series: {
        "{{db_query_summary}}": `topk(10, ${quantile(0.99, `db_client_operation_duration_seconds_bucket{${own}}`, "db_query_summary")})`,
      },
    }),
  ]);
}

function methodPanels({ name, path, deadlineMs }: ShownMethod): Builder<Panel>[] {
  const own = `rpc_method="${path}"`;
  const limit = deadlineMs === undefined ? {} : { limit: deadlineMs / 1_000 };
  const deadline = deadlineMs === undefined ? "" : `The line is its deadline, ${deadlineMs} ms.`;
  return [
    chart({
      title: name,
      unit: "reqps",
      series: { "{{rpc_status_code}}": rate(`rpc_server_call_duration_seconds_count{${own}}`, "rpc_status_code") },
    }),
    chart({
      title: `${name}: p50 and p99`,
      description: deadline,
      unit: "s",
      ...limit,
      series: {
        p50: quantile(0.5, `rpc_server_call_duration_seconds_bucket{${own}}`),
        p99: quantile(0.99, `rpc_server_call_duration_seconds_bucket{${own}}`),
      },
    }),
  ];
}

function dashboard(uid: string, title: string, parts: readonly (RowBuilder | Builder<Panel>)[]): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .tags(["typemesh"])
    .refresh("30s")
    .time({ from: "now-1h", to: "now" });
  for (const part of parts) {
    if (part instanceof RowBuilder) builder.withRow(part);
    else builder.withPanel(part);
  }
  return builder.build();
}

function row(title: string): RowBuilder {
  return new RowBuilder(title);
}

function rate(metric: string, by?: string): string {
  return `sum${by ? ` by (${by})` : ""} (rate(${metric}${window}))`;
}

function failing(metric: string, by?: string): string {
  const all = rate(metric, by);
  return `(${rate(`${metric}{error_type!=""}`, by)} or 0 * ${all}) / (${all} > 0)`;
}

/** A histogram without calls has no quantile, which a chart would show as a gap of NaN. */
function quantile(q: number, buckets: string, by?: string): string {
  return `histogram_quantile(${q}, sum by (${by ? `${by}, ` : ""}le) (rate(${buckets}${window}))) >= 0`;
}
