import type { Adapter, AdapterPayload } from "oidc-provider";

interface Entry {
  readonly payload: AdapterPayload;
  readonly untilMs: number;
}

/** Everything that the issuer remembers, by kind and id. */
type Entries = Map<string, Entry>;

/** Keeps the sessions and codes of an issuer in memory: people sign in again after a restart. */
export function memoryAdapter(): new (kind: string) => Adapter {
  const entries: Entries = new Map();
  return class MemoryAdapter implements Adapter {
    readonly #kind: string;

    constructor(kind: string) {
      this.#kind = kind;
    }

    async upsert(id: string, payload: AdapterPayload, expiresInS: number): Promise<void> {
      const now = Date.now();
      for (const [key, { untilMs }] of entries) if (untilMs <= now) entries.delete(key);
      entries.set(this.#key(id), {
        payload,
        untilMs: expiresInS ? now + expiresInS * 1_000 : Number.POSITIVE_INFINITY,
      });
    }

    async find(id: string): Promise<AdapterPayload | undefined> {
      const entry = entries.get(this.#key(id));
      return entry && entry.untilMs > Date.now() ? entry.payload : undefined;
    }

    async findByUid(uid: string): Promise<AdapterPayload | undefined> {
      return this.#findBy((payload) => payload.uid === uid);
    }

    async findByUserCode(code: string): Promise<AdapterPayload | undefined> {
      return this.#findBy((payload) => payload.userCode === code);
    }

    async consume(id: string): Promise<void> {
      const entry = entries.get(this.#key(id));
      if (entry) entry.payload.consumed = Math.floor(Date.now() / 1_000);
    }

    async destroy(id: string): Promise<void> {
      entries.delete(this.#key(id));
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key);
    }

    #key(id: string): string {
      return `${this.#kind} ${id}`;
    }

    #findBy(matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${this.#kind} `) && matches(payload)) return payload;
      }
      return undefined;
    }
  };
}
