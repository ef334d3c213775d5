import { createSecureContext, type PeerCertificate, type SecureContext } from "node:tls";
import type { Logger } from "@mesh/runtime";
import { TlsChannelCredentials } from "../tls-channel-credentials.ts";
import type { Certified } from "./certified.ts";
import { failureReason } from "./failure-reason.ts";
import type { Identity } from "./identity.ts";
import { RepeatedWarnings } from "./repeated-warnings.ts";
import { type IdForm, namesIn } from "./spiffe.ts";

/** Options of connections that prove who both ends are. */
export interface IdentityClientOptions {
  readonly identity: Identity;
  /** The name that the server's certificate must have. */
  readonly upstream: string;
  /** Gets a line for failed handshakes. */
  readonly log: Logger | undefined;
}

/**
 * Returns the credentials of a channel whose server must have the name of the upstream, whatever its address. Each
 * connection is made with the certificate of its time. (grpc-js has certificate providers for rotation, but they read
 * certificate and key one after the other, and hide why a handshake failed.)
 */
export function identityCredentials({ identity, upstream, log }: IdentityClientOptions): TlsChannelCredentials {
  const warnings = log && new RepeatedWarnings(log, "a TLS handshake failed");
  const contextOf = latestContext();
  return new TlsChannelCredentials({
    optionsFor() {
      const { current } = identity;
      return {
        secureContext: contextOf(current),
        servername: upstream,
        // Also if NODE_TLS_REJECT_UNAUTHORIZED says otherwise.
        rejectUnauthorized: true,
        checkServerIdentity: (_, certificate) => checkName(upstream, current, certificate),
      };
    },
    onFailure: (error) => warnings?.warn({ upstream, reason: failureReason(error) }),
  });
}

/** Returns a function that makes the context of a certificate, and keeps the latest one. */
function latestContext(): (certified: Certified) => SecureContext {
  let latest: { readonly certified: Certified; readonly context: SecureContext } | undefined;
  return (certified) => {
    if (latest?.certified !== certified) {
      const { files } = certified;
      const [cert, key, ca] = [files.cert, files.key, files.ca].map((pem) => Buffer.from(pem));
      latest = { certified, context: createSecureContext({ cert, key, ca }) };
    }
    return latest.context;
  };
}

function checkName(upstream: string, mesh: IdForm, certificate: PeerCertificate): Error | undefined {
  const names = namesIn(mesh, certificate.subjectaltname);
  if (names.includes(upstream)) return undefined;
  const found = names.join(", ") || `no name in ${mesh.trustDomain}`;
  return new Error(`its certificate has the name ${found}, not ${upstream}`);
}
