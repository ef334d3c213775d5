import { peerName, type ServiceDefinition } from "@mesh/contracts";
import { connect, type Peer } from "@mesh/rpc";
import {
  createLogger,
  type Logger,
  logLevelSetting,
  openScope,
  peersSetting,
  readSettings,
  runProcess,
  type Scope,
  settingsOrExit,
} from "@mesh/runtime";
import type { PeerClients, PeerDefinitions } from "./service.ts";

/** Connections to peers. */
export interface Peers {
  /** Clients for one call or event. */
  bind(scope: Scope): PeerClients<PeerDefinitions>;
  /** Resolves once each is ready. */
  ready(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Connects to peers; none needs to be there yet. */
export function connectPeers(
  definitions: PeerDefinitions,
  addresses: Readonly<Record<string, string>>,
  log: Logger,
): Peers {
  const connected = Object.entries(definitions).map(
    ([key, definition]) => [key, peerAt(definition, addresses, log)] as const,
  );
  return {
    bind: (scope) => Object.fromEntries(connected.map(([key, peer]) => [key, peer.bind(scope)])),
    ready: async (signal) => void (await Promise.all(connected.map(([, peer]) => peer.ready(signal)))),
    close: async () => void (await Promise.all(connected.map(([, peer]) => peer.close()))),
  };
}

function peerAt(definition: ServiceDefinition, addresses: Readonly<Record<string, string>>, log: Logger): Peer {
  return connect(definition, { address: addresses[peerName(definition)] ?? "", log });
}

/** The longest a script may take, in milliseconds. */
const scriptTimeoutMs = 120_000;

/**
 * Runs a script that calls services, such as one that fills them with examples: connects by MESH_PEERS, waits until all
 * are ready, and ends the process with 0, or with 1 where something failed.
 */
export async function runWithPeers<P extends PeerDefinitions>(
  definitions: P,
  script: (peers: PeerClients<P>, log: Logger) => Promise<void>,
): Promise<void> {
  const settings = settingsOrExit(() =>
    readSettings({
      MESH_PEERS: peersSetting(Object.values(definitions).map(peerName)),
      LOG_LEVEL: logLevelSetting(),
    }),
  );
  const log = createLogger({ name: "script", level: settings.LOG_LEVEL });
  await runProcess({ log }, async (life) => {
    const peers = connectPeers(definitions, settings.MESH_PEERS, log);
    life.onClose("peers", peers.close);
    const signal = AbortSignal.any([life.signal, AbortSignal.timeout(scriptTimeoutMs)]);
    const scope = openScope({ signal, timeoutMs: scriptTimeoutMs, log, principal: { kind: "service", id: "script" } });
    await peers.ready(signal);
    // Bound to the very definitions that P is made of.
    await script(peers.bind(scope) as PeerClients<P>, log);
    await life.close();
    process.exit(0);
  });
}
