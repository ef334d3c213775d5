import { MeshError, type Principal } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import { RepeatedWarnings } from "../identity/repeated-warnings.ts";
import type { Tokens } from "./tokens.ts";
import { UntrustedError } from "./verifier.ts";

/**
 * Returns the principal of a token.
 *
 * @param caller the name of the process that sent it, for the log
 * @throws MeshError UNAUTHENTICATED (or rejects with it)
 */
export type VerifyToken = (token: string, caller: string | undefined) => Principal | Promise<Principal>;

/** Verifies the tokens of a server's calls. Why one was rejected is in the log only, a few lines a minute at most. */
export function tokenVerifier(tokens: Tokens | undefined, log: Logger): VerifyToken {
  const warnings = new RepeatedWarnings(log, "a token was rejected");
  if (!tokens)
    return () => {
      const message = "the call has a token, but this server has no certificate, so it can't verify any";
      throw new MeshError({ code: "UNAUTHENTICATED", message });
    };
  const reject = (error: unknown, caller = "unknown"): MeshError => {
    if (!(error instanceof UntrustedError)) throw error;
    warnings.warn({ caller, reason: error.message });
    const message = error.hasExpired ? "the token of the call has expired" : "the token of the call is not valid";
    return new MeshError({ code: "UNAUTHENTICATED", message });
  };
  return (token, caller) => {
    const principal = tokens.verify(token);
    if (!(principal instanceof Promise)) return principal;
    return principal.catch((error: unknown) => {
      throw reject(error, caller);
    });
  };
}
