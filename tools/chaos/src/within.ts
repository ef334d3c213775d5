/** The longest wait for a server, in milliseconds. */
const limitMs = 60_000;

/** Waits for a response. @throws Error that says what did not respond within a minute */
export async function within<T>(response: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not respond within ${limitMs / 1_000} s`)), limitMs);
  });
  return await Promise.race([response, late]).finally(() => clearTimeout(timer));
}
