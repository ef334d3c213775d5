import type { ListOrdersRequestInput, ListOrdersResponse, Order } from "@mesh/contracts/testing/orders/v1";
import { expect, expectTypeOf, it } from "vitest";
import { items, pages } from "./pages.ts";

interface Request {
  readonly pageToken?: string;
}

/** Lists the pages of a table by their tokens. Returns the tokens that were requested. */
function lister<Page extends { readonly nextPageToken: string }>(table: Readonly<Record<string, Page>>) {
  const requested: string[] = [];
  async function list({ pageToken = "" }: Request, options?: { readonly signal?: AbortSignal }): Promise<Page> {
    options?.signal?.throwIfAborted();
    requested.push(pageToken);
    const page = table[pageToken];
    if (!page) throw new RangeError(`no page ${pageToken}`);
    return page;
  }
  return { list, requested };
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

const table = {
  "": { names: ["a", "b"], nextPageToken: "2" },
  2: { names: [], nextPageToken: "3" },
  3: { names: ["c"], nextPageToken: "" },
};

it("iterates over all items, and over empty pages", async () => {
  const { list, requested } = lister(table);
  expect(await collect(items(list, {}))).toEqual(["a", "b", "c"]);
  expect(requested).toEqual(["", "2", "3"]);
});

it("requests a page only when it is needed", async () => {
  const { list, requested } = lister(table);
  for await (const name of items(list, {})) if (name === "b") break;
  expect(requested).toEqual([""]);
});

it("begins at the page of the request", async () => {
  expect(await collect(pages(lister(table).list, { pageToken: "3" }))).toEqual([table[3]]);
});

it("passes the options of each call", async () => {
  const signal = AbortSignal.abort(new Error("left"));
  await expect(collect(pages(lister(table).list, {}, { signal }))).rejects.toThrow("left");
});

it.each([
  ["the same", { "": { names: ["a"], nextPageToken: "2" }, 2: { names: ["b"], nextPageToken: "2" } }],
  [
    "an earlier",
    {
      "": { names: ["a"], nextPageToken: "2" },
      2: { names: ["b"], nextPageToken: "3" },
      3: { names: ["c"], nextPageToken: "2" },
    },
  ],
])("ends with an error if %s page token comes again", async (_, looped) => {
  await expect(collect(items(lister<{ names: string[]; nextPageToken: string }>(looped).list, {}))).rejects.toThrow(
    'the page token "2" came twice',
  );
});

it("needs exactly one repeated field for items", async () => {
  const { list } = lister({ "": { names: ["a"], numbers: [1], nextPageToken: "" } });
  await expect(collect(items(list, {}))).rejects.toThrow("exactly one repeated field");
});

it("infers the items and the request from the method", () => {
  const list = async (_: ListOrdersRequestInput): Promise<ListOrdersResponse> => ({ orders: [], nextPageToken: "" });
  expectTypeOf(items(list, {})).toEqualTypeOf<AsyncGenerator<Order, void, undefined>>();
  // @ts-expect-error the request has no such field
  items(list, { size: 7 });
  // @ts-expect-error not a list
  items(async (_: { id: string }) => ({ id: "" }), { id: "" });
});
