import { setImmediate as turn } from "node:timers/promises";
import { defineMessage } from "@mesh/contracts";
import { message } from "@mesh/contracts/schema";
import { expect, test } from "vitest";
import { prepareMessages } from "./prepare-messages.ts";

test("the messages of a method are prepared in each turn, although some can't be empty, until it ends", async () => {
  const built: string[] = [];
  const typeOf = (name: string, decode = () => ({})) => {
    const schema = message(() => {
      built.push(name);
      return {};
    });
    return defineMessage(name, { encode: () => ({ finish: () => new Uint8Array() }), decode }, schema);
  };
  const required = typeOf("Required", () => {
    throw new Error("a field is missing");
  });
  const stop = prepareMessages([
    { input: required, output: typeOf("A") },
    { input: typeOf("B"), output: typeOf("C") },
    { input: typeOf("D"), output: typeOf("E") },
  ]);
  expect(built).toEqual([]);
  await turn();
  expect(built).toEqual([]);
  await turn();
  expect(built).toEqual(["B", "C"]);
  stop();
  await turn();
  expect(built).toEqual(["B", "C"]);
});
