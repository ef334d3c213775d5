import { ChannelCredentials, type ChannelOptions } from "@grpc/grpc-js";
import type { Logger } from "@mesh/runtime";
import { IdentityChannelCredentials } from "./identity/client-credentials.ts";
import type { Identity } from "./identity/identity.ts";
import type { Pem } from "./identity/pem.ts";

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

/** The credentials of a channel, as grpc-js takes them, and the options that belong to them. */
export interface GrpcChannelCredentials {
  readonly channelCredentials: ChannelCredentials;
  readonly options: ChannelOptions;
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
): GrpcChannelCredentials {
  if (!credentials) return { channelCredentials: ChannelCredentials.createInsecure(), options: {} };
  if (isIdentity(credentials)) {
    return {
      channelCredentials: new IdentityChannelCredentials({ identity: credentials, upstream, log }),
      options: {},
    };
  }
  const [ca, key, cert] = [credentials.ca, credentials.key, credentials.cert].map((pem) => pem && Buffer.from(pem));
  return {
    channelCredentials: ChannelCredentials.createSsl(ca || null, key || null, cert || null),
    options: credentials.serverName ? { "grpc.ssl_target_name_override": credentials.serverName } : {},
  };
}
