import {
  connectUpstreams,
  createTokens,
  openIdentity,
  type PeerClients,
  type PeerDefinitions,
  peersDiscovery,
  tlsShape,
} from "@mesh/rpc";
import {
  createLogger,
  type Logger,
  logLevelSetting,
  openScope,
  peersShape,
  readSettings,
  runProcess,
  settingsOrExit,
} from "@mesh/runtime";
import { runInRootSpan } from "./root-span.ts";

/** The longest a script may take, in milliseconds. */
const scriptTimeoutMs = 120_000;

/**
 * Runs a script that calls services, such as one that fills them with examples: finds them by MESH_PEERS, or in the
 * registry of the mesh at NATS_URL, waits until all
 * are ready, and ends the process with 0, or with 1 if something failed.
 *
 * @example
 * ```ts no-run
 * import { CatalogService } from "@mesh/contracts/catalog/v1";
 * import { runWithPeers } from "@mesh/service";
 *
 * await runWithPeers({ catalog: CatalogService }, async ({ catalog }, log) => {
 *   const { totalSize } = await catalog.listProducts({});
 *   log.info({ totalSize }, "products");
 * });
 * ```
 */
export async function runWithPeers<P extends PeerDefinitions>(
  definitions: P,
  script: (peers: PeerClients<P>, log: Logger) => Promise<void>,
): Promise<void> {
  const settings = settingsOrExit(() =>
    readSettings({
      ...tlsShape(),
      ...peersShape(Object.values(definitions).map(({ name }) => name)),
      LOG_LEVEL: logLevelSetting(),
    }),
  );
  const log = createLogger({ name: "script", level: settings.LOG_LEVEL });
  await runProcess({ log }, async (life) => {
    const { identity, credentials } = await openIdentity(settings, { names: [], log, signal: life.signal });
    const { connectBus, natsDiscovery } = await import("@mesh/events");
    const { NATS_URL: url, NATS_CREDS: creds } = settings;
    const bus = url ? connectBus({ url, creds, name: "script", log }) : undefined;
    life.onClose("bus", () => bus?.close());
    const registry = bus && natsDiscovery({ bus, log });
    life.onClose("discovery", () => registry?.close());
    const upstreams = connectUpstreams(definitions, peersDiscovery(settings.MESH_PEERS, { registry, log }), {
      log,
      ...(credentials && { credentials }),
      ...(identity && { tokens: createTokens(identity) }),
    });
    life.onClose("peers", upstreams.close);
    const signal = AbortSignal.any([life.signal, AbortSignal.timeout(scriptTimeoutMs)]);
    // A process may speak only for itself.
    const principal = { kind: "service", id: identity?.current.names[0] ?? "script" } as const;
    await upstreams.ready(signal);
    await runInRootSpan("script", (trace) => {
      return script(upstreams.bind(openScope({ signal, timeoutMs: scriptTimeoutMs, log, principal, trace })), log);
    });
    await life.close();
    process.exit(0);
  });
}
