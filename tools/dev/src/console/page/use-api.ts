import { useEffect, useState } from "preact/hooks";

/** The result of a request that is repeated. */
export interface Loaded<T> {
  /** The latest value; undefined: none has arrived. */
  readonly value: T | undefined;
  /** Why the latest request failed; undefined: it did not. */
  readonly error: string | undefined;
  /** Whether the server has no such object. */
  readonly isMissing: boolean;
}

const nothing = { value: undefined, error: undefined, isMissing: false };

/**
 * Requests a value, and again after a pause while the page is visible.
 *
 * @param path the path below the console's API; undefined: nothing is requested
 * @param everyMs the pause; undefined: it is requested once
 */
export function useApi<T>(path: string | undefined, everyMs?: number): Loaded<T> {
  const [loaded, setLoaded] = useState<{ path: string | undefined; result: Loaded<T> }>({ path, result: nothing });
  useEffect(() => {
    if (path === undefined) return;
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      if (!document.hidden) {
        const result = await request<T>(path, leaving.signal);
        if (leaving.signal.aborted) return;
        // A value that can't be renewed is still worth showing.
        setLoaded((before) => ({
          path,
          result: result.error && before.path === path ? { ...result, value: before.result.value } : result,
        }));
      }
      if (everyMs !== undefined) timer = setTimeout(read, everyMs);
    };
    void read();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs]);
  return loaded.path === path ? loaded.result : nothing;
}

async function request<T>(path: string, signal: AbortSignal): Promise<Loaded<T>> {
  try {
    const response = await fetch(`/console/api/${path}`, { signal });
    if (response.status === 404) return { ...nothing, isMissing: true };
    if (!response.ok) return { ...nothing, error: await response.text() };
    // The server of this page has sent it, by the same types.
    return { ...nothing, value: (await response.json()) as T };
  } catch {
    return { ...nothing, error: "The console does not respond. Is npm start running?" };
  }
}

/** Restarts a process. @throws Error if it can't be */
export function restart(process: string): Promise<void> {
  return post("restart", { process });
}

/** Lets a dead letter be tried again. @throws Error if no service has it any more */
export function replay(consumer: string, id: string): Promise<void> {
  return post("replay", { consumer, id });
}

async function post(path: string, query: Readonly<Record<string, string>>): Promise<void> {
  const response = await fetch(`/console/api/${path}?${new URLSearchParams(query)}`, { method: "POST" });
  if (!response.ok) throw new Error(await response.text());
}
