import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createProject } from "../fixtures/new-project.ts";
import { callIn } from "./clone.ts";

const repository = join(import.meta.dirname, "../..");
const offline = { npm_config_offline: "true" };

let folder: string;
/** A version before this one, as a folder. */
let previous: string;
/** This version, as npm and git pack it. */
let tarball: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "typemesh-upgrade-test-"));
  previous = await copyRepository("previous");
  await edit(join(previous, "package.json"), (text) => text.replace(/"version": "[\d.]+"/, '"version": "0.1.0"'));
  // What this version has changed, added, removed and renamed since.
  await edit(join(previous, "shared/runtime/README.md"), (text) => text.replace("# @mesh/runtime", "# The runtime"));
  await edit(join(previous, "biome.json"), (text) => text.replace('"lineWidth": 120', '"lineWidth": 110'));
  await edit(join(previous, "docs/limits.md"), (text) => `${text}\nAn older line.\n`);
  await rm(join(previous, "docs/policy.md"));
  await writeFile(join(previous, "shared/runtime/src/obsolete.ts"), "export const obsolete = true;\n");
  const packed = await copyRepository("typemesh-0.2.0");
  tarball = join(folder, "typemesh-0.2.0.tgz");
  expect(await callIn(folder, "tar", ["-czf", tarball, "-C", folder, "typemesh-0.2.0"])).toMatchObject({ code: 0 });
  await rm(packed, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

/** Copies the files that git lists. */
async function copyRepository(name: string): Promise<string> {
  const target = join(folder, name);
  const { output } = await callIn(repository, "git", ["ls-files", "-z", "-co", "--exclude-standard"]);
  for (const path of output.split("\0").filter(Boolean)) {
    await cp(join(repository, path), join(target, path), { recursive: true });
  }
  return target;
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(path, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(path, after);
}

async function commit(root: string): Promise<string> {
  const git = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
  await callIn(root, "git", ["add", "--all"]);
  expect(await callIn(root, "git", [...git, "commit", "-qm", "Our changes"])).toMatchObject({ code: 0 });
  return (await callIn(root, "git", ["rev-parse", "HEAD"])).output;
}

function upgrade(root: string, ...args: readonly string[]) {
  return callIn(root, "npm", ["run", "--silent", "upgrade", "--", tarball, ...args], offline);
}

/** What a team has changed in the folders of Typemesh and in its own: each a file and what is in it then. */
const localChanges = {
  "shared/runtime/src/log.ts": "// our log\n",
  "tools/dev/README.md": "Our note.\n",
  "scripts/check.mjs": "// our checks\n",
  "gateway/README.md": "Our gateway.\n",
  "proto/mesh/v1/money.proto": "// our money\n",
  "services/greeter/src/main.ts": "// our service\n",
  "web/src/page.css": "/* our page */\n",
  "README.md": "Our project.\n",
};

it("an upgrade keeps what a team has changed in every folder, and brings what is new", async () => {
  const root = await createProject([], previous);
  for (const [path, text] of Object.entries(localChanges)) {
    await writeFile(join(root, path), (await readFile(join(root, path), "utf8")) + text);
  }
  const module = join(root, "gateway/src/procedures/secret.ts");
  const source = `import { gatewaySettings } from "../settings.ts";\n\nexport const secret = () => gatewaySettings().cookieSecret[0];\n`;
  await writeFile(module, source);
  await rm(join(root, "docs/limits.md"));
  const before = await commit(root);

  const dry = await upgrade(root, "--dry-run");
  expect(dry).toMatchObject({ code: 0, output: expect.stringContaining("Typemesh 0.1.0 → 0.2.0, as it would be") });
  expect((await callIn(root, "git", ["status", "--porcelain"])).output).toBe("");
  expect((await callIn(root, "git", ["rev-parse", "HEAD"])).output).toBe(before);

  const { code, output } = await upgrade(root);
  expect([code, output]).toEqual([
    0,
    expect.stringMatching(/checks passed, 0 failed[\s\S]*The project has Typemesh 0\.2\.0/),
  ]);
  expect(output).toContain(
    "Rename cookieSecret, which is a list now, to cookieSecrets:\n  gateway/src/procedures/secret.ts\n",
  );
  expect(output).toContain("stay removed, although the new version has changed them:\n  docs/limits.md\n");
  expect(output).toContain("`gatewaySettings().cookieSecret` is `cookieSecrets`");
  for (const [path, text] of Object.entries(localChanges)) {
    expect([path, await readFile(join(root, path), "utf8")]).toEqual([path, expect.stringContaining(text)]);
  }
  expect(await readFile(module, "utf8")).toBe(source.replace("cookieSecret", "cookieSecrets"));
  expect(await readFile(join(root, "shared/runtime/README.md"), "utf8")).toMatch(/^# @mesh\/runtime\n/);
  expect(await readFile(join(root, "biome.json"), "utf8")).toContain('"lineWidth": 120');
  const { output: paths } = await callIn(root, "git", ["ls-files", "docs", "shared/runtime/src"]);
  expect(paths).toContain("docs/policy.md");
  expect(paths).not.toContain("docs/limits.md");
  expect(paths).not.toContain("shared/runtime/src/obsolete.ts");
  const { name, typemesh } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  expect([name, typemesh]).toEqual(["acme", { version: "0.2.0", example: "minimal" }]);
  expect((await callIn(root, "git", ["status", "--porcelain"])).output).toBe("");
  expect(await upgrade(root)).toEqual({ code: 0, output: "Nothing to do: the project has Typemesh 0.2.0.\n" });
}, 900_000);

it("a line that both have changed is a conflict, as git marks it, and git can undo it", async () => {
  const root = await createProject(["--example", "none"], previous);
  await edit(join(root, "shared/runtime/README.md"), (text) => text.replace("# The runtime", "# Our runtime"));
  const before = await commit(root);
  const { code, output } = await upgrade(root);
  expect([code, output]).toEqual([
    1,
    expect.stringContaining("conflicts, as git marks them:\n  shared/runtime/README.md\n"),
  ]);
  expect(await readFile(join(root, "shared/runtime/README.md"), "utf8")).toMatch(
    /^<{7} HEAD\n# Our runtime\n={7}\n# @mesh\/runtime\n>{7}/,
  );
  expect(await callIn(root, "git", ["merge", "--abort"])).toMatchObject({ code: 0 });
  expect((await callIn(root, "git", ["status", "--porcelain"])).output).toBe("");
  expect((await callIn(root, "git", ["rev-parse", "HEAD"])).output).toBe(before);
}, 600_000);

it("an upgrade after which the check fails undoes itself", async () => {
  const root = await createProject(["--example", "none"], previous);
  const module = join(root, "gateway/src/procedures/obsolete.ts");
  await writeFile(module, 'export { obsolete } from "../../../shared/runtime/src/obsolete.ts";\n');
  const before = await commit(root);
  const { code, output } = await upgrade(root);
  expect([code, output]).toEqual([
    1,
    expect.stringContaining("npm run check failed with the new version\nNothing was changed.\n"),
  ]);
  expect((await callIn(root, "git", ["status", "--porcelain"])).output).toBe("");
  expect((await callIn(root, "git", ["rev-parse", "HEAD"])).output).toBe(before);
  expect(await readFile(join(root, "shared/runtime/src/obsolete.ts"), "utf8")).toContain("obsolete");
}, 600_000);

it("sources and arguments that can't be used are rejected, and changes that are not committed", async () => {
  const root = await createProject(["--example", "none"], previous);
  for (const [args, code, text] of [
    [[], 2, "the source is missing"],
    [["a", "b"], 2, 'unexpected argument "b"'],
    [["a", "--dry"], 2, 'unexpected argument "--dry"'],
    [["no.tgz"], 1, "there is no file no.tgz"],
    [["./no-repository"], 1, "./no-repository can't be read"],
    [[dirname(folder)], 1, "is no Typemesh from 0.2.0 on"],
  ] as const) {
    const { code: found, output } = await callIn(root, process.execPath, ["tools/create/bin/upgrade.mjs", ...args]);
    expect([args, found, output]).toEqual([args, code, expect.stringContaining(text)]);
  }
  await writeFile(join(root, "README.md"), "changed\n");
  const dirty = await upgrade(root);
  expect(dirty).toEqual({ code: 1, output: "commit or stash your changes first\nNothing was changed.\n" });
}, 300_000);
