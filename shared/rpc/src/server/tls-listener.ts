import { constants } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type SecureContextOptions, type TLSSocket, type TlsOptions } from "node:tls";
import type { Logger } from "@mesh/runtime";
import { isIdentity, type ServerCredentials } from "../credentials.ts";
import { rememberCaller, reviewCaller } from "../identity/callers.ts";
import { failureReason } from "../identity/failure-reason.ts";
import type { Identity } from "../identity/identity.ts";
import { lacksAuthority } from "../identity/pem.ts";
import { RepeatedWarnings } from "../identity/repeated-warnings.ts";

/** What a listener does with connections. */
export interface ListenerOptions {
  readonly credentials: ServerCredentials | Identity | undefined;
  readonly log: Logger;
  /** Called with each connection, before any handshake. */
  readonly onSocket: (socket: Socket) => void;
  /** Called with each connection that may carry calls. */
  readonly onConnection: (socket: Socket) => void;
  /** Called when an authority was removed. @param isTrusted returns whether the caller of a connection is trusted now */
  readonly onLostTrust: (isTrusted: (socket: TLSSocket) => boolean) => void;
}

/** A session that is resumed is not checked again, so a certificate would outlive its end. */
const secureOptions = constants.SSL_OP_NO_TICKET;

/** A TLS handshake that takes longer is ended, in milliseconds. */
const handshakeTimeoutMs = 10_000;

/** The most connections in their handshakes; further ones are closed. */
const maxHandshakes = 1_000;

/** Creates a listener that passes on connections of callers that have proved what the credentials ask for. */
export function createListener(options: ListenerOptions): Server {
  const { credentials, onSocket, onConnection } = options;
  if (credentials) return createTlsListener(credentials, options);
  return createServer({ noDelay: true }, (socket) => {
    onSocket(socket);
    onConnection(socket);
  });
}

function createTlsListener(credentials: ServerCredentials | Identity, options: ListenerOptions): Server {
  const { log, onSocket, onConnection, onLostTrust } = options;
  const warnings = new RepeatedWarnings(log, "a TLS handshake failed");
  const warn = (socket: Socket, reason: string) => warnings.warn({ peer: socket.remoteAddress ?? "unknown", reason });
  const server = createTlsServer({ ...contextOf(credentials), ...optionsFor(credentials) });
  // What has not proved anything yet, by the caller's address.
  const unproved = new Map<string, Socket>();
  server.on("connection", (socket) => {
    if (unproved.size >= maxHandshakes) return socket.destroy();
    onSocket(socket);
    const address = addressOf(socket);
    unproved.set(address, socket);
    socket.once("close", () => unproved.delete(address));
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    // It has left by itself, as probes of a port do.
    if (error.code !== "ECONNRESET") warn(socket, failureReason(error));
    // After a timeout, Node leaves it open.
    socket.destroy();
  });
  server.on("secureConnection", (socket) => {
    unproved.delete(addressOf(socket));
    const refusal = refusalOf(socket, credentials);
    if (refusal === undefined) return onConnection(socket);
    warn(socket, refusal);
    socket.on("error", () => {}).destroy();
  });
  const dropUnproved: ListenerOptions["onLostTrust"] = (isTrusted) => {
    // Their handshakes would still accept the authorities of their beginning.
    for (const socket of unproved.values()) socket.destroy();
    onLostTrust(isTrusted);
  };
  if (isIdentity(credentials)) followRotation(credentials, { server, onLostTrust: dropUnproved });
  return server;
}

function addressOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Uses the new certificate for new connections. */
function followRotation(
  identity: Identity,
  { server, onLostTrust }: { server: ReturnType<typeof createTlsServer>; onLostTrust: ListenerOptions["onLostTrust"] },
): void {
  let { ca } = identity.current.files;
  const end = identity.onRotate(() => {
    server.setSecureContext(contextOf(identity));
    const isLost = lacksAuthority(identity.current.files.ca, ca);
    ca = identity.current.files.ca;
    if (isLost) onLostTrust((socket) => reviewCaller(socket, ca));
  });
  server.once("close", end);
}

/** Returns why a caller may not call; undefined: it may. */
function refusalOf(socket: TLSSocket, credentials: ServerCredentials | Identity): string | undefined {
  if (!asksForCertificate(credentials)) return undefined;
  if (Object.keys(socket.getPeerCertificate()).length === 0) return "it has no certificate";
  if (!socket.authorized) return failureReason(String(socket.authorizationError));
  return isIdentity(credentials) ? rememberCaller(socket, credentials.current) : undefined;
}

function asksForCertificate(credentials: ServerCredentials | Identity): boolean {
  return isIdentity(credentials) || credentials.ca !== undefined;
}

function optionsFor(credentials: ServerCredentials | Identity): TlsOptions {
  return {
    requestCert: asksForCertificate(credentials),
    // Node would close the connection without a reason; `refusalOf` has it.
    rejectUnauthorized: false,
    ALPNProtocols: ["h2"],
    handshakeTimeout: handshakeTimeoutMs,
    noDelay: true,
  };
}

function contextOf(credentials: ServerCredentials | Identity): SecureContextOptions {
  const { cert, key, ca } = isIdentity(credentials) ? credentials.current.files : credentials;
  return { cert: Buffer.from(cert), key: Buffer.from(key), ...(ca && { ca: Buffer.from(ca) }), secureOptions };
}
