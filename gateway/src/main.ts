import { announceReady, createLogger, runProcess, settingsOrExit } from "@mesh/runtime";
import { openGateway } from "./gateway.ts";
import { gatewaySettings } from "./settings.ts";

const settings = settingsOrExit(gatewaySettings);
const log = createLogger({ name: "gateway", level: settings.logLevel });

// A little longer than the server's own time limit, so that the server is the one to cut connections.
await runProcess({ log, closeTimeoutMs: settings.noticeMs + settings.shutdownMs + 500 }, async (life) => {
  const { port, health } = await openGateway(settings, { life, log });
  log.info({ address: `http://${settings.host}:${port}` }, "listening");
  announceReady(health);
});
