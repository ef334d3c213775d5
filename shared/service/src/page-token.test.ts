import { expect, test } from "vitest";
import * as z from "zod";
import { pageToken } from "./page-token.ts";

const page = pageToken(z.object({ name: z.string(), at: z.number() }));
const refuse = () => new Error("refused");

test("a token is read as it was written, in letters that a URL takes", () => {
  const cursor = { name: 'ä "🐻" \u0000\\', at: -1.5 };
  const token = page.write(cursor);
  expect(token).toMatch(/^[\w-]+$/);
  expect(page.read(token, refuse)).toEqual(cursor);
});

test("no token asks for the first page", () => {
  expect(page.read("", refuse)).toBeUndefined();
});

const written = (text: string) => Buffer.from(text).toString("base64url");

test.each([
  ["nonsense", "nonsense"],
  ["no base64", "🐻"],
  ["half a token", page.write({ name: "a", at: 1 }).slice(0, 9)],
  ["nothing", written("null")],
  ["a list", written("[]")],
  ["another object", written('{"name":"a"}')],
  ["a wrong type", written('{"name":"a","at":"1"}')],
])("%s is refused", (_, token) => {
  expect(() => page.read(token, refuse)).toThrow("refused");
});

test("what a token adds is left out", () => {
  const token = written('{"name":"a","at":1,"more":1,"__proto__":{"polluted":true}}');
  expect(page.read(token, refuse)).toEqual({ name: "a", at: 1 });
});
