import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "@mesh/contracts";

/** The principal that makes a request, and what it may do. */
export interface Caller {
  readonly principal: Principal;
  /** The scopes that the caller holds, such as `orders:read`. `scopesOf` of `@mesh/contracts/roles` returns those of roles. */
  readonly scopes: ReadonlySet<string>;
  /** The roles of the caller, such as `clerk`, for what shows them. Only scopes decide what it may do. Default: none. */
  readonly roles?: readonly string[];
  /**
   * True if only the cookie of this response can identify the caller. If the response is lost, the caller cannot be
   * recognized when it tries again.
   */
  readonly isNew?: boolean;
  /** The session of a browser that has signed in. */
  readonly sessionId?: string;
  /** True if the browser had a session, which is over. The caller is anonymous now. */
  readonly hasEnded?: boolean;
}

/**
 * Identifies who makes a request; may set a cookie on the response. Sign-in is another function of this type. A
 * MeshError that it throws, such as UNAUTHENTICATED, reaches the client.
 */
export type Identify = (request: IncomingMessage, response: ServerResponse) => Caller | Promise<Caller>;

/** Returns the scopes of several roles together. */
export type ScopesOf = (roles: Iterable<string>) => ReadonlySet<string>;
