import type { PeerCertificate, TLSSocket } from "node:tls";
import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";
import { certificatesIn, isIssuedBy, type Pem } from "./pem.ts";
import { type IdForm, namesIn } from "./spiffe.ts";

/** The client of a connection. */
export interface Caller {
  /** The names in its certificate. */
  readonly names: readonly string[];
  /** Whether its certificate is still trusted. */
  readonly isTrusted: boolean;
}

const callers = new WeakMap<PeerCertificate, { names: readonly string[]; isTrusted: boolean }>();

/** The client of connections that prove no names. */
const unknown: Caller = { names: [], isTrusted: true };

/**
 * Remembers the names of a connection's client.
 *
 * @returns why it may not call; undefined: it may
 */
export function rememberCaller(socket: TLSSocket, mesh: IdForm): string | undefined {
  const certificate = socket.getPeerCertificate();
  const names = namesIn(mesh, certificate.subjectaltname);
  if (names.length === 0) return `its certificate has no name in ${mesh.trustDomain}`;
  callers.set(certificate, { names, isTrusted: true });
  // grpc-js asks for it with each call, and Node would parse it each time.
  Object.assign(socket, { getPeerCertificate: () => certificate });
  return undefined;
}

/** Notes whether the certificate of a connection's client is issued by an authority that is trusted now. Returns whether it is. */
export function reviewCaller(
  socket: Pick<TLSSocket, "getPeerCertificate" | "getPeerX509Certificate">,
  ca: Pem,
): boolean {
  const caller = callers.get(socket.getPeerCertificate());
  // The connection is not open any more.
  if (!caller) return true;
  caller.isTrusted = isIssuedBy(certificatesIn(ca), socket.getPeerX509Certificate());
  return caller.isTrusted;
}

/** Returns a call's client, by its certificate. It has no names without mutual TLS. */
export function callerOf(call: Pick<ServerInterceptingCallInterface, "getAuthContext">): Caller {
  const { sslPeerCertificate } = call.getAuthContext();
  return (sslPeerCertificate && callers.get(sslPeerCertificate)) ?? unknown;
}
