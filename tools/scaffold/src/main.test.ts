import { afterEach, describe, expect, it, vi } from "vitest";
import { openRepository } from "../fixtures/repository.ts";
import { main } from "./main.ts";

afterEach(() => void vi.restoreAllMocks());

/** The exit code, and all that was said. */
async function call(...args: string[]): Promise<[number, string]> {
  let said = "";
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      said += text;
      return true;
    });
  }
  const { root } = await openRepository({});
  return [await main(args, root), said];
}

describe("npm run gen", () => {
  it.each([["--help"], ["rpc", "--help"], ["error", "orders", "-h"]])("helps with %s %s", async (...args) => {
    expect(await call(...args)).toEqual([0, expect.stringContaining("npm run gen -- ")]);
  });

  it.each([
    [["shelf"], 'there is no generator "shelf"'],
    [["rpc", "orders"], "the name is missing"],
    [["rpc", "orders", "Count", "more"], 'there is no place for "more"'],
    [["rpc", "orders", "Count", "--qwery"], "--qwery"],
    [["rpc", "orders", "Count", "--query", "--stream"], 'kind is "query and stream": choose one of'],
    [["rpc", "orders", "count"], '"count" is no name of an RPC or an event'],
    [["service", "Shelf"], '"Shelf" is no name of a service'],
    [["error", "orders", "GONE", "--code", "LOST"], 'code is "LOST": choose one of'],
    [["error", "orders", "GONE", "--metadata", "a,B"], '"B" is no name of a field'],
  ])("refuses %j, with exit code 2", async (args, message) => {
    expect(await call(...args)).toEqual([2, expect.stringContaining(message)]);
  });

  it("refuses what can't be done, with exit code 1", async () => {
    expect(await call("rpc", "shelves", "Count")).toEqual([1, expect.stringContaining('no service "shelves"')]);
  });
});
