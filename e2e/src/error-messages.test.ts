import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/error-messages.md"), "utf8");
const messages = [...page.matchAll(/^### `(.+)`$/gm)].map(([, message = ""]) => message);

const folders = ["shared", "tools", "gateway", "deploy", "scripts"];
const isSource = (path: string) =>
  /\.(ts|mjs)$/.test(path) && !/(\.test\.|(^|\/)(node_modules|dist|gen|fixtures|testing|\.mesh)\/)/.test(path);
const sources = folders
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  )
  .filter(isSource)
  .map((path) => readFileSync(join(root, path), "utf8"));

/** Messages of other programs. */
const ofOthers = ["Could not resolve"];

/** Returns the parts of a message that are the same each time. */
function partsOf(message: string): string[] {
  return message
    .split(/…/)
    .map((part) => part.replace(/^[,:\s]+|[,:\s]+$/g, ""))
    .filter((part) => part.length > 3);
}

/** Errors whose messages are for people, and all on the page. */
const ofCommands = ["PreparationError", "AlreadyRunningError", "CannotCompare", "PortTakenError"];

it.each(messages.filter((message) => !ofOthers.includes(message)))("%s is printed by a source", (message) => {
  const parts = partsOf(message);
  expect(parts).not.toEqual([]);
  expect(sources.some((source) => parts.every((part) => source.includes(part)))).toBe(true);
});

it("no message is on the page twice", () => {
  expect(messages.filter((message, at) => messages.indexOf(message) !== at)).toEqual([]);
});

it.each(ofCommands)("every message of a %s is on the page", (name) => {
  const thrown = sources.flatMap((source) => [
    ...source.matchAll(new RegExp(`new ${name}\\(\\s*([\`"])([^]+?)\\1`, "g")),
  ]);
  const texts = thrown.map(([, , text = ""]) => text);
  expect(texts).not.toEqual([]);
  expect(
    texts.filter((text) => !messages.some((message) => partsOf(message).every((part) => text.includes(part)))),
  ).toEqual([]);
});

it("every message says what to do first", () => {
  const entries = page.split(/^### .*$/m).slice(1);
  expect(entries.filter((entry) => !/^1\. .{10}/m.test(entry))).toEqual([]);
});
