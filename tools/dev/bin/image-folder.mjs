// Collects the files of an image after `npm run build`: the build of a service, of the gateway with the page, or of a process
// that several share, and an SBOM.
// Usage: node image-folder.mjs <service> <folder>
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, exit, platform, stderr } from "node:process";
import { root } from "./root.mjs";

const [service, target] = argv.slice(2);
const processes = join(root, "processes.json");
// The apps of a process that several share.
const shared = existsSync(processes) ? JSON.parse(readFileSync(processes, "utf8"))[service] : undefined;
const dist = join(
  root,
  shared ? "dist" : service === "gateway" ? service : `services/${service}`,
  shared ? service : "dist",
);
if (!service || !target || !existsSync(join(dist, "main.js"))) {
  stderr.write(
    `SERVICE must be gateway, the folder of a service or a process of processes.json, got "${service ?? ""}"\n`,
  );
  exit(2);
}
cpSync(dist, target, { recursive: true });
const page = join(root, "web/dist");
const hasGateway = service === "gateway" || shared === "all" || shared?.includes("gateway");
const hasPage = hasGateway && existsSync(page);
if (hasPage) cpSync(page, join(target, "web"), { recursive: true });

const options = { cwd: root, maxBuffer: 2 ** 26, shell: platform === "win32" };
const sbom = JSON.parse(execFileSync("npm", ["sbom", "--sbom-format=cyclonedx"], options));
const bundled = new Set([
  ...JSON.parse(readFileSync(join(dist, "packages.json"), "utf8")),
  ...(hasPage ? dependenciesOf("web") : []),
]);
const isBundled = (ref) => bundled.has(ref);
sbom.components = sbom.components.filter(({ name, version }) => isBundled(`${name}@${version}`));
sbom.dependencies = sbom.dependencies
  .filter(({ ref }) => isBundled(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isBundled) }));
sbom.metadata.component = { type: "application", name: service, "bom-ref": service };
writeFileSync(join(target, "sbom.cdx.json"), `${JSON.stringify(sbom, undefined, 2)}\n`);

/** Returns the packages of others that an app needs while it runs, directly or not. */
function dependenciesOf(app) {
  const { dependencies } = JSON.parse(readFileSync(join(root, app, "package.json"), "utf8"));
  const graph = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const direct = Object.keys(dependencies).filter((name) => !name.startsWith("@mesh/"));
  const found = new Set([...graph.keys()].filter((ref) => direct.includes(ref.slice(0, ref.lastIndexOf("@")))));
  for (const ref of found) for (const next of graph.get(ref) ?? []) found.add(next);
  return found;
}
