import { afterEach, describe, expect, it, vi } from "vitest";
import { openRepository } from "../fixtures/repository.ts";
import { main } from "./main.ts";

afterEach(() => void vi.restoreAllMocks());

/** Returns the exit code and the output. */
async function call(...args: string[]): Promise<[number, string]> {
  let output = "";
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      output += text;
      return true;
    });
  }
  const { root } = await openRepository({});
  return [await main(args, root), output];
}

describe("npm run gen", () => {
  it.each([["--help"], ["rpc", "--help"], ["error", "orders", "-h"]])("prints help for %s %s", async (...args) => {
    expect(await call(...args)).toEqual([0, expect.stringContaining("npm run gen -- ")]);
  });

  it.each([
    [["shelf"], 'unknown generator "shelf"'],
    [["rpc", "orders"], "the argument name is missing"],
    [["rpc", "orders", "Count", "more"], 'unexpected argument "more"'],
    [["rpc", "orders", "Count", "--qwery"], "'--qwery': the options are --query, --mutation, --stream, --gateway"],
    [["rpc", "orders", "Count", "--query", "--stream"], 'kind is "query and stream", must be one of'],
    [["rpc", "orders", "count"], '"count" is not a name for an RPC or an event'],
    [["service", "Shelf"], '"Shelf" is not a service name'],
    [["error", "orders", "GONE", "--code", "LOST"], 'code is "LOST", must be one of'],
    [["error", "orders", "GONE", "--metadata", "a, B"], '"B" is not a field name'],
    [["error", "orders", "GONE", "--code", "ABORTED", "--code", "NOT_FOUND"], 'code is "ABORTED and NOT_FOUND", must'],
  ])("rejects %j, with exit code 2", async (args, message) => {
    expect(await call(...args)).toEqual([2, expect.stringContaining(message)]);
  });

  it.each([[["--peer", "a", "--peer", "b"]], [["--peer", "a, b"]]])("reads each item of a list: %j", async (flags) => {
    const [, output] = await call("service", "reviews", ...flags);
    expect(output).toContain('services/ has no service "a"');
  });

  it("rejects an unknown service, with exit code 1", async () => {
    expect(await call("rpc", "shelves", "Count")).toEqual([1, expect.stringContaining('no service "shelves"')]);
  });
});
