import type { PeerCertificate, TLSSocket } from "node:tls";
import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";
import { type IdForm, namesIn } from "./spiffe.ts";

const callers = new WeakMap<PeerCertificate, readonly string[]>();

/**
 * Remembers the names of a connection's client.
 *
 * @returns why it may not call; undefined: it may
 */
export function rememberCaller(socket: TLSSocket, mesh: IdForm): string | undefined {
  const certificate = socket.getPeerCertificate();
  const names = namesIn(mesh, certificate.subjectaltname);
  if (names.length === 0) return `its certificate has no name in ${mesh.trustDomain}`;
  callers.set(certificate, names);
  // grpc-js asks for it with each call, and Node would parse it each time.
  Object.assign(socket, { getPeerCertificate: () => certificate });
  return undefined;
}

/** Returns the names of a call's client, by its certificate. There are none without mutual TLS. */
export function callerNames(call: Pick<ServerInterceptingCallInterface, "getAuthContext">): readonly string[] {
  const { sslPeerCertificate } = call.getAuthContext();
  return (sslPeerCertificate && callers.get(sslPeerCertificate)) ?? [];
}
