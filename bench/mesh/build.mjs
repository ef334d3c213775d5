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
  const { createBundler } = await load("build/bundler", join(root, "tools/dev"));
  const [peer, harness] = [join(root, "bench/peers", `${file}.mjs`), join(root, "bench/mesh")];
  const build = async (role) => {
    const app = join(folder, name, role);
    mkdirSync(join(app, "src"), { recursive: true });
    const source = `import * as peer from ${text(peer)};\nimport { run } from ${text(join(harness, `${role}.mjs`))};\nawait run(peer);\n`;
    writeFileSync(join(app, "src/main.ts"), source);
    const { errors } = await createBundler(app, app).build();
    if (errors.length > 0) throw new Error(`${name} can't be built:\n${errors.join("\n")}`);
    return join(app, "dist/main.js");
  };
  return { server: await build("server"), client: await build("client") };
}

const text = (path) => JSON.stringify(path.replaceAll("\\", "/"));
