import type { Socket } from "node:net";
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
} from "node:tls";
import { CallCredentials, ChannelCredentials, type experimental } from "@grpc/grpc-js";
import type { Logger } from "@mesh/runtime";
import { failureReason } from "./failure-reason.ts";
import type { Certified, Identity } from "./identity.ts";
import { RepeatedWarnings } from "./repeated-warnings.ts";
import { namesIn } from "./spiffe.ts";

/** Options of connections that prove who both ends are. */
export interface IdentityClientOptions {
  readonly identity: Identity;
  /** The name that the server's certificate must have. */
  readonly upstream: string;
  /** Gets a line for failed handshakes. */
  readonly log: Logger | undefined;
}

const handshakeTimeoutMs = 10_000;

/**
 * Credentials of a channel whose server must have the name of the upstream, whatever its address. Each connection is made with
 * the certificate of its time. (grpc-js has certificate providers for rotation, but they read certificate and key one
 * after the other, and hide why a handshake failed.)
 */
export class IdentityChannelCredentials extends ChannelCredentials {
  readonly #options: IdentityClientOptions;
  readonly #warnings: RepeatedWarnings | undefined;
  #certified: Certified | undefined;
  #context: SecureContext | undefined;

  constructor(options: IdentityClientOptions) {
    super();
    this.#options = options;
    this.#warnings = options.log && new RepeatedWarnings(options.log, "a TLS handshake failed");
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(): experimental.SecureConnector {
    const credentials = CallCredentials.createEmpty();
    return {
      connect: async (socket) => ({ socket: await this.#secure(socket), secure: true }),
      waitForReady: async () => {},
      getCallCredentials: () => credentials,
      destroy: () => {},
    };
  }

  async #secure(socket: Socket): Promise<Socket> {
    const { upstream, identity } = this.#options;
    const { trustDomain } = identity.current;
    try {
      return await handshake({
        socket,
        secureContext: this.#contextNow(),
        servername: upstream,
        ALPNProtocols: ["h2"],
        // Also if NODE_TLS_REJECT_UNAUTHORIZED says otherwise.
        rejectUnauthorized: true,
        checkServerIdentity: (_, certificate) => checkName(upstream, trustDomain, certificate),
      });
    } catch (error) {
      this.#warnings?.warn({ upstream, reason: failureReason(error) });
      throw error;
    }
  }

  #contextNow(): SecureContext {
    const { current } = this.#options.identity;
    if (!this.#context || this.#certified !== current) {
      const [cert, key, ca] = [current.files.cert, current.files.key, current.files.ca].map((pem) => Buffer.from(pem));
      this.#context = createSecureContext({ cert, key, ca });
      this.#certified = current;
    }
    return this.#context;
  }
}

function checkName(upstream: string, trustDomain: string, certificate: PeerCertificate): Error | undefined {
  const names = namesIn(trustDomain, certificate.subjectaltname);
  if (names.includes(upstream)) return undefined;
  const found = names.join(", ") || `no name in ${trustDomain}`;
  return new Error(`its certificate has the name ${found}, not ${upstream}`);
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
