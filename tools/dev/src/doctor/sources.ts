import { existsSync } from "node:fs";
import { access, constants, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { runBuf } from "@mesh/codegen/generate/buf";
import { generation } from "../build/generate.mjs";
import { hasSchema, schemaErrorsOf } from "../build/schema-errors.ts";
import { runningProcess } from "../mesh/claim.ts";
import { dataFolder, tlsFolder } from "../mesh/data-folder.ts";
import { certificateCheck } from "./certificate.ts";
import { type Check, fail, pass, reasonOf, warn } from "./check.mjs";

/** The longest that the checks of migrations may take, in milliseconds. */
const migrationsTimeoutMs = 60_000;

/** Checks what is in a checkout: the contracts, the code from them, migrations, and the data of its mesh. */
export async function checkSources(root: string): Promise<Check[]> {
  const pid = await runningProcess(root);
  const checks = await Promise.all([
    checkContracts(root),
    checkGenerated(root),
    checkMigrations(root),
    checkData(root),
    ...(pid === undefined ? [] : [checkCertificates(tlsFolder(root), "end this mesh, and run npm start")]),
    checkCertificates(
      join(root, "deploy/dist/compose/secrets/tls"),
      "rm -r deploy/dist/compose/secrets/tls && npm run deploy -- compose",
    ),
  ]);
  const mesh = pid === undefined ? "does not run" : `runs in process ${pid}, so npm start would not start another one`;
  return [...checks.flat(), pass("Mesh", mesh)];
}

async function checkContracts(root: string): Promise<Check> {
  const complaints = await runBuf(root, ["build", "-o", process.platform === "win32" ? "NUL" : "/dev/null"]);
  if (complaints === undefined) return pass("Contracts", "compile");
  const [first = "", ...others] = complaints.split("\n");
  const rest = others.length > 0 ? ` (and ${others.length} more)` : "";
  return fail("Contracts", `${first}${rest}`, "correct the contract; npx buf build shows all errors");
}

function checkGenerated(root: string): Check {
  const fix = "node tools/dev/bin/generate.mjs (npm start does it, too)";
  const state = generation(root);
  if (state === "fresh") return pass("Code", "generated from the contracts as they are");
  if (state === "missing") return fail("Code", "is not generated from the contracts", fix);
  return warn("Code", "is generated from older contracts", fix);
}

async function checkMigrations(root: string): Promise<Check> {
  const services = await readdir(join(root, "services")).catch(() => []);
  const folders = [...services.map((name) => join(root, "services", name)), join(root, "gateway")].filter(hasSchema);
  const signal = AbortSignal.timeout(migrationsTimeoutMs);
  const errors = await Promise.all(folders.map((folder) => schemaErrorsOf(root, folder, signal)));
  const [first] = errors.flat();
  if (first === undefined) return pass("Migrations", `match the schemas of ${folders.length} databases`);
  const [what = "", fix = "npm run migration -- --help"] = first.split("\n")[0]?.split(/: (?=npm run)/) ?? [];
  return warn("Migrations", what, fix);
}

/** Without the folder, the one that will contain it. */
async function checkData(root: string): Promise<Check> {
  const folder = existsSync(dataFolder(root)) ? dataFolder(root) : root;
  try {
    await access(folder, constants.R_OK | constants.W_OK);
    return pass("Data", folder === root ? ".mesh is not there yet; npm start makes it" : ".mesh can be written");
  } catch (error) {
    const { uid } = await stat(folder);
    return fail("Data", `${reasonOf(error)}; it belongs to user ${uid}`, `sudo chown -R "$(id -un)" "${folder}"`);
  }
}

/** Returns the worst of the certificates in the folders of a folder; none if there is none. */
async function checkCertificates(folder: string, fix: string): Promise<Check[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.map((name) => join(folder, name, "tls.crt")).filter((file) => existsSync(file));
  const checks = await Promise.all(files.map((file) => certificateCheck(file, fix)));
  const worst = checks.find(({ status }) => status === "fail") ?? checks.find(({ status }) => status === "warn");
  return worst
    ? [worst]
    : checks.slice(0, 1).map((check) => ({ ...check, detail: `${checks.length}, ${check.detail}` }));
}
