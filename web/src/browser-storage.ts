/** The part of the Web Storage API that the page uses. */
export type KeyValues = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Keeps texts for as long as the page is open. */
export function memoryStorage(): KeyValues {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

/** The browser's storage. If it is disabled or full, values last until the page is closed. */
export function browserStorage(): KeyValues {
  try {
    const probe = "mesh.probe";
    window.localStorage.setItem(probe, probe);
    window.localStorage.removeItem(probe);
    return window.localStorage;
  } catch {
    return memoryStorage();
  }
}

/** One for the whole page. */
export const storage: KeyValues = browserStorage();
