import {
  announceReady,
  createLogger,
  runProcess,
  settingsOrExit,
  startTelemetry,
  telemetryFlushMs,
} from "@mesh/runtime";
import { openGateway } from "./gateway.ts";
import { gatewaySettings } from "./settings.ts";

const settings = settingsOrExit(gatewaySettings);
const log = createLogger({ name: "gateway", level: settings.logLevel });

// A little longer than the server's own time limit, so that the server is the one to cut connections.
const closeTimeoutMs = settings.noticeMs + settings.shutdownMs + 500 + telemetryFlushMs;

await runProcess({ log, closeTimeoutMs }, async (life) => {
  let isReady = () => false;
  await startTelemetry(settings.telemetry, { name: "gateway", life, log, isReady: () => isReady() });
  const { port, health } = await openGateway(settings, { life, log });
  isReady = health.ready;
  log.info({ address: `http://${settings.host}:${port}` }, "listening");
  announceReady(health);
});
