// Builds the two programs of a peer. Ours are built as `npm run build` builds a service. Of the others only the benchmark's
// own files are bundled, and Node loads packages from node_modules.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "@mesh/codegen/load";
import { build } from "esbuild";

/**
 * Builds a peer in a folder below the packages that it needs.
 *
 * @returns {Promise<{ server: string, client: string }>} the paths of the programs
 * @throws Error with the errors of the build
 */
export async function buildPeer(root, folder, { name, file = name, isOurs = false }) {
  const [peer, harness] = [join(root, "bench/peers", `${file}.mjs`), join(root, "bench/mesh")];
  const buildRole = (role) => {
    const source = `import * as peer from ${text(peer)};\nimport { run } from ${text(join(harness, `${role}.mjs`))};\nawait run(peer);\n`;
    return (isOurs ? buildProgram : buildPlain)(root, join(folder, name, role), source);
  };
  return { server: await buildRole("server"), client: await buildRole("client") };
}

/**
 * Builds a gateway, and what loads it.
 *
 * @returns {Promise<{ gateway: string, load: string }>} the paths of the programs
 * @throws Error with the errors of the build
 */
export async function buildGateway(root, folder, { name, file = name, isBundled = false }) {
  const [own, harness] = [join(folder, `gateway-${name}`), join(root, "bench/mesh")];
  const peer = text(join(root, "bench/peers/gateways", `${file}.mjs`));
  const gateway = `import * as peer from ${peer};\nimport { run } from ${text(join(harness, "gateway.mjs"))};\nrun(peer);\n`;
  const load = `import { run } from ${text(join(harness, "http-client.mjs"))};\nrun();\n`;
  return {
    gateway: await (isBundled ? buildProgram : buildPlain)(root, join(own, "gateway"), gateway),
    load: await buildPlain(root, join(own, "load"), load),
  };
}

/** Builds a program whose packages stay in node_modules. Returns its path. @throws Error with the errors of the build */
async function buildPlain(_root, folder, source) {
  const outfile = join(folder, "dist/main.js");
  const stdin = { contents: source, resolveDir: folder };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await build({
    stdin,
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return outfile;
}

/** Builds a program as a service is built. Returns its path. @throws Error with the errors of the build */
export async function buildProgram(root, folder, source) {
  const { buildStandalone } = await load("build/standalone", join(root, "tools/dev"));
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src/main.ts"), source);
  // As a service has one. Without it, Node reads each file twice, because it does not know its format.
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const errors = await buildStandalone(root, folder);
  if (errors.length > 0) throw new Error(`${folder} can't be built:\n${errors.join("\n")}`);
  return join(folder, "dist/main.js");
}

/** Returns a path as source. */
export const text = (path) => JSON.stringify(path.replaceAll("\\", "/"));
