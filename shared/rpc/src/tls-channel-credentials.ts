import type { Socket } from "node:net";
import { type ConnectionOptions, connect } from "node:tls";
import { CallCredentials, ChannelCredentials, experimental } from "@grpc/grpc-js";

/** How the connections of a channel are secured. */
export interface TlsChannelOptions {
  /** Returns the options of the next connection. @param host the host of the address, a name or an IP address */
  readonly optionsFor: (host: string) => ConnectionOptions;
  /** Called with the error of each handshake that fails. */
  readonly onFailure?: (error: unknown) => void;
}

const handshakeTimeoutMs = 10_000;

/**
 * Credentials of a channel over TLS. (Those of grpc-js send an IP address as the name of the server, which Node rejects
 * since version 26.)
 */
export class TlsChannelCredentials extends ChannelCredentials {
  readonly #options: TlsChannelOptions;

  constructor(options: TlsChannelOptions) {
    super();
    this.#options = options;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector({ path }: experimental.GrpcUri): experimental.SecureConnector {
    const host = experimental.splitHostPort(path)?.host ?? path;
    const credentials = CallCredentials.createEmpty();
    return {
      connect: async (socket) => ({ socket: await this.#secure(socket, host), secure: true }),
      waitForReady: async () => {},
      getCallCredentials: () => credentials,
      destroy: () => {},
    };
  }

  async #secure(socket: Socket, host: string): Promise<Socket> {
    try {
      return await handshake({ ...this.#options.optionsFor(host), socket, ALPNProtocols: ["h2"] });
    } catch (error) {
      this.#options.onFailure?.(error);
      throw error;
    }
  }
}

function handshake(options: ConnectionOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(Object.assign(new Error("timeout"), { code: "ERR_TLS_HANDSHAKE_TIMEOUT" })),
      handshakeTimeoutMs,
    );
    const onClose = () => fail(Object.assign(new Error("closed"), { code: "ECONNRESET" }));
    socket.once("error", fail);
    socket.once("close", onClose);
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      socket.off("error", fail).off("close", onClose);
      resolve(socket);
    });
  });
}
