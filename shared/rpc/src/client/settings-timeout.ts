import type { Socket } from "node:net";
import { ChannelCredentials, type experimental } from "@grpc/grpc-js";

/** How long a server may take from the connection to its first byte of HTTP/2, in milliseconds. grpc-js waits forever. */
const settingsTimeoutMs = 20_000;

/** Credentials whose connections end if the server accepts them and sends no HTTP/2 SETTINGS. grpc-js then tries again. */
export class TimedChannelCredentials extends ChannelCredentials {
  readonly #inner: ChannelCredentials;
  readonly #timeoutMs: number;

  constructor(inner: ChannelCredentials, timeoutMs = settingsTimeoutMs) {
    super();
    this.#inner = inner;
    this.#timeoutMs = timeoutMs;
  }

  override _isSecure(): boolean {
    return this.#inner._isSecure();
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    ...init: Parameters<ChannelCredentials["_createSecureConnector"]>
  ): experimental.SecureConnector {
    const connector = this.#inner._createSecureConnector(...init);
    return {
      connect: async (socket) => {
        const connected = await connector.connect(socket);
        endIfSilent(connected.socket, this.#timeoutMs);
        return connected;
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  }
}

function endIfSilent(socket: Socket, timeoutMs: number): void {
  const before = socket.bytesRead;
  const timer = setTimeout(() => {
    if (socket.bytesRead === before) socket.destroy(new Error(`no HTTP/2 SETTINGS within ${timeoutMs} ms`));
  }, timeoutMs);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
}
