import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Finds the folder of this package, both from its sources and from a bundle in `dist`. */
export function packageRoot(folder: string = import.meta.dirname): string {
  return existsSync(join(folder, "package.json")) ? folder : packageRoot(dirname(folder));
}
