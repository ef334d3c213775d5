// `npm run deploy`: writes what a deployment needs, from what the sources declare.
import { join } from "node:path";
import { argv, cwd, exit, stderr, stdout } from "node:process";
import { load } from "@mesh/codegen/load";

const folder = join(import.meta.dirname, "..");
const root = join(folder, "..");
const help = `npm run deploy -- compose     writes deploy/dist/compose: the whole mesh on one machine, for docker compose
npm run deploy -- kubernetes  writes deploy/dist/kubernetes: manifests, for kubectl apply -k deploy/dist/kubernetes/overlays/production
npm run deploy -- grafana     writes deploy/dist/grafana: a dashboard of the mesh, and one for each service

See docs/deploying.md.
`;

const writers = {
  compose: async (target) => (await load("compose/write", folder)).writeCompose(root, target),
  grafana: async (target) => (await load("grafana/write", folder)).writeDashboards(root, target),
  kubernetes: async (target) => (await load("kubernetes/write", folder)).writeKubernetes(root, target),
};

const [kind] = argv.slice(2);
if (kind === "--help" || kind === "-h") end(stdout, help, 0);
if (!kind || !Object.hasOwn(writers, kind))
  end(stderr, `expected one of: ${Object.keys(writers).join(", ")}\n\n${help}`, 2);
const target = join(folder, "dist", kind);
await writers[kind](target).catch((error) => end(stderr, `${error.message}\n`, 1));
stdout.write(`wrote ${target.replace(`${cwd()}/`, "")}\n`);

function end(stream, text, code) {
  stream.write(text);
  exit(code);
}
