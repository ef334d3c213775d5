// Builds the two programs of a peer as `npm run build` builds a service: our packages are bundled, and Node loads the others
// from node_modules.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "@mesh/codegen/load";

/**
 * Builds a peer in a folder below the packages that it needs.
 *
 * @returns {Promise<{ server: string, client: string }>} the paths of the programs
 * @throws Error with the errors of the build
 */
export async function buildPeer(root, folder, { name, file = name }) {
  const [peer, harness] = [join(root, "bench/peers", `${file}.mjs`), join(root, "bench/mesh")];
  const build = (role) => {
    const source = `import * as peer from ${text(peer)};\nimport { run } from ${text(join(harness, `${role}.mjs`))};\nawait run(peer);\n`;
    return buildProgram(root, join(folder, name, role), source);
  };
  return { server: await build("server"), client: await build("client") };
}

/** Builds a program from its source. Returns its path. @throws Error with the errors of the build */
export async function buildProgram(root, folder, source) {
  const { createBundler } = await load("build/bundler", join(root, "tools/dev"));
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src/main.ts"), source);
  const { errors } = await createBundler(folder, folder).build();
  if (errors.length > 0) throw new Error(`${folder} can't be built:\n${errors.join("\n")}`);
  return join(folder, "dist/main.js");
}

/** Returns a path as source. */
export const text = (path) => JSON.stringify(path.replaceAll("\\", "/"));
