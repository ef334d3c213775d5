export type { CallMethod } from "./client/call-method.ts";
export {
  defaultClientMiddleware,
  sendPrincipal,
  sendTrace,
  setDeadline,
  simulateFaults,
} from "./client/client-middleware.ts";
export { coalesceCalls } from "./client/coalesce.ts";
export type { ClientMiddleware, OutgoingCall } from "./client/outgoing-call.ts";
export type { Readiness } from "./client/readiness.ts";
export { retryCalls } from "./client/retry.ts";
export {
  type ConnectionOptions,
  type ConnectOptions,
  connect,
  type Upstream,
} from "./client/upstream.ts";
export { connectUpstreams, type PeerClients, type PeerDefinitions, type Upstreams } from "./client/upstreams.ts";
export type { ClientCredentials, ServerCredentials } from "./credentials.ts";
export type { Discovery, Replica } from "./discovery/discovery.ts";
export { type DnsDiscoveryOptions, dnsDiscovery } from "./discovery/dns-discovery.ts";
export { type PeersDiscoveryOptions, peersDiscovery } from "./discovery/peers-discovery.ts";
export { staticDiscovery } from "./discovery/static-discovery.ts";
export { errorIdOf } from "./error-id.ts";
export { isLoggedElsewhere, isTextChosen, isUncertain, withoutForeignText } from "./error-origin.ts";
export type { Certified, CertifiedNow, IdentityFiles } from "./identity/certified.ts";
export { createIdentity, type Identity, type IdentityOptions, type RotatingIdentity } from "./identity/identity.ts";
export type { Pem } from "./identity/pem.ts";
export { type OpenIdentity, openIdentity, type TlsSettings, tlsOf, tlsShape } from "./identity/settings.ts";
export { type WatchIdentityOptions, watchIdentity } from "./identity/watch-identity.ts";
export { LocalServices } from "./local/local-services.ts";
export { sharedServices, shareServices } from "./local/shared-services.ts";
export type { CallPolicy } from "./policy/call-policy.ts";
export { policyJson, readPolicy } from "./policy/policy-document.ts";
export type { PolicySource } from "./policy/policy-source.ts";
export {
  limitByPolicy,
  limitCalls,
  limitHeaders,
  limitInFlight,
  limitSilence,
  limitTime,
} from "./server/call-limits.ts";
export { checkOwner, checkScopes } from "./server/check-access.ts";
export { checkCaller } from "./server/check-caller.ts";
export { type Implementation, implement } from "./server/implement.ts";
export { type RunningServer, type ServeOptions, serve } from "./server/serve.ts";
export type { CallHeaders, CallScope, InFlightLimits, ServerCall, ServerMiddleware } from "./server/server-call.ts";
export { accessLog, defaultServerMiddleware, hideUndeclaredErrors, readPrincipal } from "./server/server-middleware.ts";
export type { SilenceLimits } from "./server/silence.ts";
export { createEventSignatures, type EventSignatures, type SignedEvent } from "./tokens/event-signatures.ts";
export { tokenHeader } from "./tokens/token-headers.ts";
export { createTokens, type Tokens, type TokensOptions } from "./tokens/tokens.ts";
export { UntrustedError } from "./tokens/verifier.ts";
export { validateRequest } from "./validate-request.ts";
