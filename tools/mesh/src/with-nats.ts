import { CommandError } from "@mesh/codegen/command";
import { type Bus, connectBus } from "@mesh/events/registry";
import { createLogger, type Logger } from "@mesh/runtime";
import { exitCodes, type MeshAccess } from "./settings.ts";

/** The longest wait for NATS, in milliseconds. */
const connectMs = 5_000;

/** The log of commands: what they print is their result. */
export const quiet: Logger = createLogger({ name: "mesh", level: "silent" });

/**
 * Does work with a connection to NATS.
 *
 * @throws CommandError with exit code 3 if NATS can't be reached within 5 s
 */
export async function withNats<T>(
  { natsUrl, natsCreds }: MeshAccess,
  work: (bus: Bus, signal: AbortSignal) => Promise<T>,
) {
  const bus = connectBus({ url: natsUrl, creds: natsCreds, name: "mesh command", log: quiet });
  const signal = AbortSignal.timeout(connectMs);
  try {
    await bus.connected(signal).catch(() => {
      const hosts = natsUrl.split(",").map((url) => new URL(url.trim()).host);
      throw new CommandError(
        `the mesh can't be reached: no NATS responds at ${hosts.join(", ")}`,
        exitCodes.unreachable,
      );
    });
    return await work(bus, signal);
  } finally {
    await bus.close();
  }
}
