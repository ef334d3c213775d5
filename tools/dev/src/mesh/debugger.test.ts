import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openClone } from "../../fixtures/clone.ts";

test("a service stops at a breakpoint in its TypeScript", { timeout: 240_000 }, async () => {
  await using clone = await openClone();
  const mesh = clone.run({ MESH_INSPECT: "alpha" });
  await mesh.ready();
  const [, port = ""] = /debugger on port (\d+)/.exec(mesh.output()) ?? [];
  const line = await generatedLine(join(clone.root, "services/alpha/dist/main.js"), "src/greeting.ts", 2);

  using debug = openDebugger(port);
  await debug.says("connecting to 127.0.0.1");
  await debug.says("debug>");
  debug.tell(`setBreakpoint("main.js", ${line})`);
  await debug.says(new RegExp(`^> *${line} `, "m"));
  const answer = vi.waitFor(() => mesh.ask("alpha"));
  await debug.says(new RegExp(`break in .*main\\.js:${line}\\b`));
  debug.tell("cont");
  expect(await answer).toMatchObject({ greeting: "hello from alpha" });
});

/** Where a line of TypeScript went, as a debugger looks it up; both counted from 1. */
async function generatedLine(program: string, source: string, line: number): Promise<number> {
  const map = new SourceMap(JSON.parse(await readFile(`${program}.map`, "utf8")));
  const lines = (await readFile(program, "utf8")).split("\n");
  const index = lines.findIndex((text, index) => {
    const entry = map.findEntry(index, Math.max(text.search(/\S/), 0));
    return "originalSource" in entry && entry.originalSource.endsWith(source) && entry.originalLine === line - 1;
  });
  return index + 1;
}

/** Node's own debugger, on the command line. */
function openDebugger(port: string) {
  const child = spawn(process.execPath, ["inspect", `127.0.0.1:${port}`], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  return {
    tell(command: string) {
      output = "";
      child.stdin.write(`${command}\n`);
    },
    says: (text: string | RegExp) => vi.waitFor(() => expect(output).toMatch(text), { timeout: 10_000 }),
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}
