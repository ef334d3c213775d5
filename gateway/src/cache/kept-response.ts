import { createHash } from "node:crypto";
import type { MethodCache, MethodDefinition } from "@mesh/contracts";
import { freezeDeep } from "@mesh/runtime";

/** A response in the form in which it is sent. */
export interface ResponseBody {
  readonly text: string;
  /** A strong validator, with its quotes: equal bodies have equal ones. */
  readonly etag: string;
}

/** A response of a method that has the option `cache`. All callers share it, so it is frozen. */
export class KeptResponse {
  readonly method: MethodDefinition;
  readonly cache: MethodCache;
  /** The time after which it is not returned any more, in milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly #bodies = new Map<string, ResponseBody>();

  constructor(method: MethodDefinition, cache: MethodCache) {
    this.method = method;
    this.cache = cache;
    this.expiresAt = Date.now() + cache.ttlMs;
  }

  /** Returns its body in a form, such as that of a route, which is made once. */
  body(form: string, write: () => string): ResponseBody {
    const known = this.#bodies.get(form);
    if (known) return known;
    const text = write();
    // 128 bits are more than enough to tell the bodies of one URL apart.
    const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
    const body = { text, etag };
    this.#bodies.set(form, body);
    return body;
  }
}

const kept = new WeakMap<object, KeptResponse>();

/** Returns what is known of a response by its object; undefined: its method has no option `cache`, or middleware replaced it. */
export function keptResponse(response: unknown): KeptResponse | undefined {
  return typeof response === "object" && response !== null ? kept.get(response) : undefined;
}

/** Freezes a response, which all callers share, and remembers how it may be kept. */
export function keepResponse(response: object, method: MethodDefinition, cache: MethodCache): void {
  freezeDeep(response);
  kept.set(response, new KeptResponse(method, cache));
}
