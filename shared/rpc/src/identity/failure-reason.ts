/** The failures of TLS that operators meet, in words. The codes are those of Node and OpenSSL. */
const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is of an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate is of an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is of an unknown authority",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is of an unknown authority",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is of an unknown authority",
  CERT_SIGNATURE_FAILURE: "its certificate is of an unknown authority",
  INVALID_PURPOSE: "its certificate is not for this use",
  ERR_SSL_HTTP_REQUEST: "it does not use TLS",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not use TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not use TLS",
  ERR_TLS_HANDSHAKE_TIMEOUT: "its handshake took too long",
  ECONNRESET: "it closed the connection",
};

/** Returns why a handshake failed, for the log. */
export function failureReason(error: unknown): string {
  const code = typeof error === "string" ? error : error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? (error instanceof Error ? error.message : code || "unknown");
}
