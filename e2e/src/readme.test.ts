import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createBundler, freePort, keepProcess, openCertificates } from "@mesh/dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { edit, instructionsOf } from "./follow.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
let copy: string;
/** The pages with code. */
const pages = ["by-hand.md", "errors.md"];
let docs: string;

/** Copies the repository with its own packages, so that a new service can be added. */
beforeAll(async () => {
  docs = (await Promise.all(pages.map((page) => readFile(join(root, "docs", page), "utf8")))).join("\n");
  copy = await mkdtemp(join(tmpdir(), "typemesh-readme-"));
  const { stdout } = await run("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, maxBuffer: 2 ** 24 });
  const files = stdout
    .split("\n")
    .filter((file) => /^(proto|shared|tools|services\/orders|buf\.|tsconfig|package\.json)/.test(file));
  await Promise.all(files.map((file) => cp(join(root, file), join(copy, file)).catch(ignoreMissing)));
  await linkPackages();
}, 240_000);

afterAll(() => rm(copy, { recursive: true, force: true, maxRetries: 10 }));

/** Ignores files that git lists although they were deleted. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

async function linkPackages(): Promise<void> {
  const modules = join(copy, "node_modules");
  await mkdir(join(modules, "@mesh"), { recursive: true });
  const names = (await readdir(join(root, "node_modules"))).filter((name) => name !== "@mesh");
  await Promise.all(names.map((name) => symlink(join(root, "node_modules", name), join(modules, name))));
  for (const parent of ["shared", "tools"]) {
    for (const name of await readdir(join(copy, parent))) {
      await symlink(join(copy, parent, name), join(modules, "@mesh", name));
    }
  }
}

/** Returns the code that follows the first mention of a file in the pages. */
function snippet(file: string): string {
  const [, code] =
    new RegExp(`\`${file.replaceAll(".", "\\.")}\`:\\n\\n\`\`\`\\w+\\n(.*?)\`\`\``, "s").exec(docs) ?? [];
  if (!code) throw new Error(`the pages have no code for ${file}`);
  return code;
}

async function writeSnippet(file: string): Promise<void> {
  await mkdir(dirname(join(copy, file)), { recursive: true });
  await writeFile(join(copy, file), snippet(file));
}

describe("the page on writing by hand", () => {
  it("has a service of ten lines", () => {
    expect(snippet("services/greeter/src/main.ts").trimEnd().split("\n").filter(Boolean).length).toBeLessThanOrEqual(
      10,
    );
  });

  it("has an RPC that generates, and a handler and a switch over errors that compile", async () => {
    const [method, messages, handler] = [...docs.matchAll(/```(?:proto|ts)\n(.*?)```/gs)].map(([, code]) => code ?? "");
    const edit = async (file: string, change: (text: string) => string) => {
      await writeFile(join(copy, file), change(await readFile(join(copy, file), "utf8")));
    };
    await edit("proto/orders/v1/orders.proto", (text) => {
      return `${text.replace("service OrderService {\n", (start) => start + method)}\n${messages}`;
    });
    await edit("services/orders/src/service.ts", (text) => {
      const imported = text.replace(/^import \* as z from "zod";$/m, 'import { eq } from "drizzle-orm";\n$&');
      return imported.replace("    async getOrder(", (next) => `${handler}\n${next}`);
    });
    await writeFile(join(copy, "services/orders/src/sentence.ts"), snippet("web/src/sentence.ts"));
    await run(process.execPath, [join(copy, "tools/codegen/bin/mesh-generate.mjs")], { cwd: copy });
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await edit("services/orders/tsconfig.json", (text) => text.replace("{", '{ "exclude": ["**/*.test.ts"],'));
    const { stdout } = await run(process.execPath, [tsc, "-p", join(copy, "services/orders")]).catch((error) => error);
    expect(stdout).toBe("");
    const types = await readFile(join(copy, "shared/contracts/gen/orders/v1/orders.services.d.ts"), "utf8");
    expect(types).toMatch(/countOrders: TRPCQueryProcedure</);
  }, 240_000);

  it("has a service that runs unchanged, and a call that works", async () => {
    await writeSnippet("proto/greeter/v1/greeter.proto");
    await writeSnippet("services/greeter/src/main.ts");
    await run(process.execPath, [join(copy, "tools/codegen/bin/mesh-generate.mjs")], { cwd: copy });
    const bundler = createBundler(copy, join(copy, "services/greeter"));
    expect((await bundler.build()).errors).toEqual([]);

    const port = String(await freePort());
    const certificates = await openCertificates(join(copy, ".mesh/tls"));
    await certificates.provide("developer", ["developer"]);
    const MESH_TLS_DIR = await certificates.provide("greeter", ["greeter"]);
    certificates.close();
    const child = spawn(process.execPath, [join(copy, "services/greeter/.mesh/main.js")], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { PATH: process.env.PATH, PORT: port, MESH_TLS_DIR },
    });
    keepProcess(child);
    const gone = once(child, "exit");
    await once(child, "message");
    const [, command] = /```sh\nnpx (buf curl .*?)```/s.exec(docs) ?? [];
    const words =
      (command ?? "")
        .replaceAll("\\\n", "")
        .replace("PORT", port)
        .match(/'[^']*'|\S+/g) ?? [];
    const args = words.slice(1).map((word) => word.replaceAll("'", ""));
    const { stdout } = await run(join(root, "node_modules/.bin/buf"), args, { cwd: copy });
    expect(JSON.parse(stdout)).toEqual({ text: "Hello, Ada" });
    child.kill("SIGTERM");
    expect(await gone).toEqual([0, null]);
  }, 240_000);
});

describe("the page on errors", () => {
  it.each(["proto/orders/v1/orders.proto", "services/orders/src/place-order.ts"])(
    "shows the code of %s",
    async (file) => {
      const [, code] = docs.split("# Declare an error")[1]?.split(`\`${file}\`:\n\n\`\`\``) ?? [];
      const shown = code?.slice(code.indexOf("\n") + 1, code.indexOf("```"));
      expect(shown).toBeTruthy();
      expect(await readFile(join(root, file), "utf8")).toContain(shown);
    },
  );
});

describe("the code of ours on pages that compare", () => {
  it("generates and compiles", async () => {
    const compared = [
      "moving-away.md",
      ...(await readdir(join(root, "docs/coming-from"))).map((page) => `coming-from/${page}`),
    ];
    const pieces = await Promise.all(
      compared.map(async (page) => {
        const found = instructionsOf(await readFile(join(root, "docs", page), "utf8"));
        return found.filter((one) => one.kind !== "commands");
      }),
    );
    expect(pieces.map((found) => found.length > 0)).toEqual(compared.map(() => true));
    for (const piece of pieces.flat()) await edit(copy, piece);
    await run(process.execPath, [join(copy, "tools/codegen/bin/mesh-generate.mjs")], { cwd: copy });
    const include = pieces.flat().flatMap(({ path }) => (path.endsWith(".ts") ? [path] : []));
    expect(include.length).toBeGreaterThan(4);
    await writeFile(join(copy, "tsconfig.pages.json"), JSON.stringify({ extends: "./tsconfig.base.json", include }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const compiled = run(process.execPath, [tsc, "--noEmit", "-p", join(copy, "tsconfig.pages.json")]);
    expect(
      await compiled.then(
        () => "",
        ({ stdout }) => stdout,
      ),
    ).toBe("");
  }, 240_000);
});
