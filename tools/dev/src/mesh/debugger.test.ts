import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openClone } from "../../fixtures/clone.ts";

const patience = { timeout: 60_000, interval: 20 };

test("a service stops at a breakpoint in its TypeScript", { timeout: 240_000 }, async () => {
  await using clone = await openClone();
  const mesh = clone.run({ MESH_INSPECT: "alpha" });
  await mesh.ready();
  const [, port = ""] = /debugger on port (\d+)/.exec(mesh.output()) ?? [];
  const line = await generatedLine(join(clone.root, "services/alpha/.mesh/app.js"), "src/greeting.ts", 2);

  using debug = openDebugger(port);
  await debug.prints("connecting to 127.0.0.1");
  await debug.prints("debug>");
  debug.enter(`setBreakpoint("app.js", ${line})`);
  await debug.prints(new RegExp(`^> *${line} `, "m"));
  const response = vi.waitFor(() => mesh.ask("alpha"), patience);
  await debug.prints(new RegExp(`break in .*app\\.js:${line}\\b`));
  debug.enter("cont");
  expect(await response).toMatchObject({ greeting: "hello from alpha" });
});

/** Returns the line of the program for a line of TypeScript, as a debugger does. Both count from 1. */
async function generatedLine(program: string, source: string, line: number): Promise<number> {
  const map = new SourceMap(JSON.parse(await readFile(`${program}.map`, "utf8")));
  const lines = (await readFile(program, "utf8")).split("\n");
  const index = lines.findIndex((text, index) => {
    const entry = map.findEntry(index, Math.max(text.search(/\S/), 0));
    return "originalSource" in entry && entry.originalSource.endsWith(source) && entry.originalLine === line - 1;
  });
  return index + 1;
}

/** Opens Node's command-line debugger. */
function openDebugger(port: string) {
  const child = spawn(process.execPath, ["inspect", `127.0.0.1:${port}`], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  return {
    enter(command: string) {
      output = "";
      child.stdin.write(`${command}\n`);
    },
    prints: (text: string | RegExp) => vi.waitFor(() => expect(output).toMatch(text), patience),
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}
