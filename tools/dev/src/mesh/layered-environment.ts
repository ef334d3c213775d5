/**
 * Merges environments. A later one comes before an earlier one, also if one has a setting as `X` and the other as `X_FILE`, the name of
 * a file: a process rejects both.
 */
export function layeredEnvironment(...layers: readonly (NodeJS.ProcessEnv | undefined)[]): NodeJS.ProcessEnv {
  const merged: NodeJS.ProcessEnv = {};
  for (const layer of layers) {
    for (const name of Object.keys(layer ?? {})) {
      delete merged[`${name}_FILE`];
      if (name.endsWith("_FILE")) delete merged[name.slice(0, -"_FILE".length)];
    }
    Object.assign(merged, layer);
  }
  return merged;
}
