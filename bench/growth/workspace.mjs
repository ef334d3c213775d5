// A copy of this workspace with a given number of services.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { capital, contractOf, pagePartOf, schemasOf, serviceOf } from "./contract.mjs";

const copied = [
  "proto",
  "shared",
  "tools/codegen",
  "gateway",
  "buf.yaml",
  "buf.gen.yaml",
  "tsconfig.base.json",
  "package.json",
];
const left = new Set(["node_modules", "gen", "dist", "fixtures", "testing", ".turbo", ".deps"]);
/** How many services a page uses. */
const mostUsed = 20;

/** Writes a workspace with this many services beside those of the example; returns its folder and their names. */
export function writeWorkspace(root, size) {
  const folder = mkdtempSync(join(tmpdir(), `mesh-growth-${size}-`));
  const names = Array.from({ length: size }, (_, index) => `svc${index}`);
  for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true, filter: isWanted });
  linkPackages(root, folder);
  for (const name of names) write(folder, `proto/${name}/v1/${name}.proto`, contractOf(name));
  for (const [index, name] of names.entries()) {
    write(folder, `services/${name}/src/service.ts`, serviceOf(name, names[(index + 1) % size]));
    write(folder, `services/${name}/src/schemas.ts`, schemasOf(name));
  }
  addToRouter(folder, names);
  writePage(folder, names);
  writeProjects(folder);
  return { folder, names };
}

function isWanted(path) {
  return !left.has(basename(path)) && !/\.test\.tsx?$/.test(path);
}

/** What is ours is the copy's own; all other packages are those of this workspace. */
function linkPackages(root, folder) {
  const packages = join(root, "node_modules");
  for (const name of readdirSync(packages).filter((entry) => !entry.startsWith(".") && entry !== "@mesh")) {
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    symlinkSync(join(packages, name), join(folder, "node_modules", name));
  }
  mkdirSync(join(folder, "node_modules/@mesh"));
  for (const target of [
    ...readdirSync(join(folder, "shared")).map((name) => `shared/${name}`),
    "tools/codegen",
    "gateway",
  ]) {
    symlinkSync(join(folder, target), join(folder, "node_modules/@mesh", basename(target)));
  }
}

/** Lists the services in the gateway's router. */
function addToRouter(folder, names) {
  const path = join(folder, "gateway/src/router.ts");
  const imports = names.map((name) => `import { ${capital(name)}Service } from "@mesh/contracts/${name}/v1";\n`);
  const entries = names.map((name) => `  ${name}: ${capital(name)}Service,\n`);
  const text = readFileSync(path, "utf8");
  const head = "export const services = {\n";
  if (!text.includes(head)) throw new Error(`${path} has no line ${head.trim()}: mend bench/growth/workspace.mjs`);
  writeFileSync(path, `${imports.join("")}${text.replace(head, `${head}${entries.join("")}`)}`);
}

/** A browser's project: a client of the whole router, and a few of its services in use. */
function writePage(folder, names) {
  const step = Math.max(1, Math.floor(names.length / mostUsed));
  const used = names.filter((_, index) => index % step === 0).slice(0, mostUsed);
  write(folder, "web/src/page.ts", `${clientText}${used.map(pagePartOf).join("")}`);
}

const clientText = `import type { AppRouter } from "@mesh/gateway";
import { QueryClient } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";

export const trpc = createTRPCClient<AppRouter>({ links: [] });
export const api = createTRPCOptionsProxy<AppRouter>({ client: trpc, queryClient: new QueryClient() });
`;

function writeProjects(folder) {
  const browser = { lib: ["ES2023", "DOM", "DOM.Iterable"], types: [] };
  project(folder, "web/tsconfig.json", {
    extends: "../tsconfig.base.json",
    compilerOptions: browser,
    include: ["src"],
  });
  project(folder, "tsconfig.json", {
    extends: "./tsconfig.base.json",
    compilerOptions: { lib: ["ES2024", "ESNext.Disposable", "DOM", "DOM.Iterable"] },
    include: ["shared/contracts/src", "shared/contracts/gen", "services", "gateway/src", "web/src"],
  });
}

function project(folder, path, content) {
  write(folder, path, `${JSON.stringify(content, null, 2)}\n`);
}

function write(folder, path, content) {
  const file = join(folder, path);
  if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
