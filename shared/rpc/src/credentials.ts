import {
  ChannelCredentials as GrpcChannelCredentials,
  ServerCredentials as GrpcServerCredentials,
} from "@grpc/grpc-js";

/** A PEM file, or several in one. */
export type Pem = string | Uint8Array;

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

/** The credentials as grpc-js takes them. Default: none, calls are not encrypted. */
export function grpcServerCredentials(credentials: ServerCredentials | undefined): GrpcServerCredentials {
  if (!credentials) return GrpcServerCredentials.createInsecure();
  const { cert, key, ca } = credentials;
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  return GrpcServerCredentials.createSsl(ca ? Buffer.from(ca) : null, [pair], ca !== undefined);
}

/** The credentials as grpc-js takes them. Default: none, calls are not encrypted. */
export function grpcChannelCredentials(credentials: ClientCredentials | undefined): GrpcChannelCredentials {
  if (!credentials) return GrpcChannelCredentials.createInsecure();
  const [ca, key, cert] = [credentials.ca, credentials.key, credentials.cert].map((pem) => pem && Buffer.from(pem));
  return GrpcChannelCredentials.createSsl(ca || null, key || null, cert || null);
}
