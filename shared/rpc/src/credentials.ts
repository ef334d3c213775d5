import { isIP } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { ChannelCredentials } from "@grpc/grpc-js";
import type { Logger } from "@mesh/runtime";
import { identityCredentials } from "./identity/client-credentials.ts";
import type { Identity } from "./identity/identity.ts";
import type { Pem } from "./identity/pem.ts";
import { TlsChannelCredentials } from "./tls-channel-credentials.ts";

/** The certificate of a server, for TLS. */
export interface ServerCredentials {
  /** The certificate, followed by those between it and its authority. */
  readonly cert: Pem;
  /** The private key of the certificate. */
  readonly key: Pem;
  /** The authorities of callers. If given, a caller must have a certificate of one of them (mutual TLS). */
  readonly ca?: Pem;
}

/** The authorities that a client trusts, and its own certificate, for TLS. */
export interface ClientCredentials {
  /** The authorities of servers. Default: those that Node knows. */
  readonly ca?: Pem;
  /** The client's own certificate, for servers that ask for one. */
  readonly cert?: Pem;
  /** The private key of `cert`. */
  readonly key?: Pem;
  /** The name that the server's certificate must have. Default: the host of the address. */
  readonly serverName?: string;
}

/** Returns whether credentials are an identity in the mesh, rather than files. */
export function isIdentity(credentials: ServerCredentials | ClientCredentials | Identity): credentials is Identity {
  return "onRotate" in credentials;
}

/**
 * Returns the credentials as grpc-js takes them. Default: none, calls are not encrypted.
 *
 * @param upstream the name that the server must have, if the credentials are an identity
 */
export function grpcChannelCredentials(
  credentials: ClientCredentials | Identity | undefined,
  upstream: string,
  log: Logger | undefined,
): ChannelCredentials {
  if (!credentials) return ChannelCredentials.createInsecure();
  if (isIdentity(credentials)) return identityCredentials({ identity: credentials, upstream, log });
  const { serverName } = credentials;
  const secureContext = createSecureContext(inBuffers(credentials));
  return new TlsChannelCredentials({
    optionsFor(host) {
      const name = serverName ?? host;
      // The certificate is compared with the host if there is no name, and TLS sends names only.
      return { secureContext, host: name, ...(isIP(name) === 0 && { servername: name }) };
    },
  });
}

function inBuffers({ ca, cert, key }: ClientCredentials): SecureContextOptions {
  return {
    ...(ca && { ca: Buffer.from(ca) }),
    ...(cert && { cert: Buffer.from(cert) }),
    ...(key && { key: Buffer.from(key) }),
  };
}
