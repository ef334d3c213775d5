import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { AddressBook } from "./address-book.ts";
import { readDevSettings } from "./settings.ts";

/** Listens on a port until the test ends. @throws Error if it is taken */
async function listenOn(port: number): Promise<number> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return port;
}

test("a port that another process takes first is left to it", async () => {
  const tried: number[] = [];
  const port = await new AddressBook(readDevSettings({})).serve(0, async (number) => {
    tried.push(number);
    if (tried.length === 1) await listenOn(number);
    return listenOn(number);
  });
  expect(tried).toHaveLength(2);
  expect(port).toBe(tried[1]);
});

test("another error of a server is not repeated", async () => {
  let attempts = 0;
  const failing = new AddressBook(readDevSettings({})).serve(0, async () => {
    attempts += 1;
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(attempts).toBe(1);
});
