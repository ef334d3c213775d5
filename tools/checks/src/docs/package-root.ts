import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this package, from its sources and from a bundle of them alike. */
export function packageRoot(folder: string = import.meta.dirname): string {
  return existsSync(join(folder, "package.json")) ? folder : packageRoot(dirname(folder));
}
