import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import vm from "node:vm";
import { copyContracts } from "@mesh/codegen/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRepository } from "../../fixtures/contract-repository.ts";
import { deadLinks, doubleIds, linkedSources, readPages } from "../../fixtures/written-pages.ts";
import { writeDocs } from "./write-docs.ts";

/** A folder with contracts as those of the shop. */
let repository: string;
let folder: string;

const orders = "@mesh/contracts/orders/v1";

/** What offers a service, publishes an event and consumes it. */
const sources = {
  "gateway/src/router.ts": `import { OrderService } from "${orders}";

export const services = { orders: OrderService };
`,
  "services/orders/src/service.ts": `import { OrderPlaced } from "${orders}";

export const place = (tx: Tx, orderId: string) => tx.publish(OrderPlaced, { orderId });
`,
  "proto/chores/v1/chores.proto": `syntax = "proto3";

package chores.v1;

import "mesh/v1/options.proto";

// Cleans a room.
message Clean {
  option (mesh.v1.job) = {
    result: "Cleaned"
    attempts: 2
  };
}

// The room is clean.
message Cleaned {}
`,
  "services/payments/src/events.ts": `import { OrderPlaced } from "${orders}";

export const events = [on(OrderPlaced, authorize)];
`,
};
let pages: Map<string, string>;

beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), "mesh-docs-contracts-"));
  copyContracts(repository);
  for (const [path, text] of Object.entries(sources)) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), text);
  }
  folder = await mkdtemp(join(tmpdir(), "mesh-docs-test-"));
  await writeDocs({ root: repository, output: folder });
  pages = await readPages(folder);
});
afterAll(() => Promise.all([repository, folder].map((path) => rm(path, { recursive: true, force: true }))));

/** Returns the text of the element with an id, without tags. */
function textAt(file: string, id: string): string {
  const page = pages.get(file) ?? "";
  const start = page.indexOf(`id="${id}"`);
  const end = page.slice(start).search(/<\/(article|section|li)>/);
  const text = page.slice(page.indexOf(">", start) + 1, start + end).replace(/<[^>]*>/g, " ");
  return text.replaceAll("&#39;", "'").replaceAll("&quot;", '"').replaceAll("&gt;", ">").replace(/\s+/g, " ").trim();
}

describe("contracts", () => {
  test("have no dead links and no duplicate ids", async () => {
    expect(pages.size).toBeGreaterThan(6);
    expect(await deadLinks(folder)).toEqual([]);
    expect([...pages.values()].flatMap(doubleIds)).toEqual([]);
  });

  test("a method shows its procedure, scopes, types and errors", () => {
    const text = textAt("orders.v1.html", "orders.v1.OrderService.PlaceOrder");
    expect(text).toMatch(/^PlaceOrder unary mutation PlaceOrderRequest → PlaceOrderResponse Places an order:/);
    expect(text).toContain("tRPC orders.placeOrder");
    expect(text).toContain("Scopes orders:write");
    expect(text).toContain("Callers every service, gateway");
    expect(text).toContain("Errors OrderError");
    expect(text).toMatch(/proto\/orders\/v1\/orders\.proto:\d+$/);
  });

  test("a method shows the services that may call it, and so do the permissions", () => {
    const text = textAt("inventory.v1.html", "inventory.v1.InventoryService.ReserveStock");
    expect(text).toContain("Callers orders Idempotency");
    expect(pages.get("permissions.html")).toContain("InventoryService.ReserveStock</a>, by <code>orders</code></li>");
  });

  test("a method that is not exposed says so", () => {
    expect(textAt("inventory.v1.html", "inventory.v1.InventoryService.CountStock")).toContain(
      "Scopes not exposed at the gateway",
    );
    const permissions = pages.get("permissions.html") ?? "";
    expect(permissions).toMatch(/<dt><code>clerk<\/code><\/dt><dd>.*<code>payments:refund<\/code>/);
    expect(permissions.indexOf("InventoryService.CountStock")).toBeGreaterThan(
      permissions.indexOf("Not exposed at the gateway"),
    );
  });

  test("a field shows its type and its rules", () => {
    expect(textAt("orders.v1.html", "orders.v1.PlaceOrderRequest.items")).toContain(
      "repeated OrderItem 2 The products to order",
    );
    expect(pages.get("orders.v1.html")).toContain("<li>1 to 50 items</li>");
    expect(textAt("orders.v1.html", "orders.v1.PlaceOrderRequest.payment_token")).toContain(
      'matches "^tok_[a-z0-9_]{2,60}$"',
    );
  });

  test("an event shows the lines that publish and consume it", async () => {
    const page = pages.get("orders.v1.html") ?? "";
    const event = page.slice(page.indexOf('<section class="thing" id="orders.v1.OrderPlaced"'));
    const [, path = "", line = ""] = /<dt>Published by<\/dt>.*?>(services\/orders\/[^<]*?):(\d+)</s.exec(event) ?? [];
    const source = await readFile(join(repository, path), "utf8");
    expect(source.split("\n")[Number(line) - 1]).toContain("publish(OrderPlaced");
    expect(event).toMatch(
      /<dt>Consumed by<\/dt>.*?<strong>payments<\/strong>.*?services\/payments\/src\/events\.ts:\d+</s,
    );
  });

  test("an event shows who may consume it", () => {
    const page = (pages.get("orders.v1.html") ?? "").replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
    expect(page).toContain("orders.v1.order_placed May be consumed by payments ");
    expect(page).toContain("orders.v1.order_cancelled May be consumed by every service ");
  });

  test("a job shows how it is tried, and its result", () => {
    expect(textAt("chores.v1.html", "chores.v1.Clean")).toContain(
      "Job up to 2 attempts of 60000 ms, the second after 1 s Result Cleaned",
    );
  });

  test("an error shows its code, its metadata, and the methods that return it", () => {
    expect(textAt("orders.v1.html", "orders.v1.OrderError.ORDER_ERROR_OUT_OF_STOCK")).toContain(
      "OUT_OF_STOCK FAILED_PRECONDITION",
    );
    expect(pages.get("orders.v1.html")).toMatch(/Returned by<\/dt><dd>.*OrderService\.PlaceOrder/);
  });

  test("the same contracts give the same bytes", async () => {
    const other = await mkdtemp(join(tmpdir(), "mesh-docs-test-"));
    await writeDocs({ root: repository, output: other });
    expect(await readPages(other)).toEqual(pages);
    expect(await readFile(join(other, "search-index.js"))).toEqual(await readFile(join(folder, "search-index.js")));
    await rm(other, { recursive: true });
  });

  test.each([
    ["placeorder", "OrderService.PlaceOrder"],
    ["order service watch", "OrderService.WatchOrder"],
    ["out_of_stock", "OUT_OF_STOCK"],
    ["orderplaced", "OrderPlaced"],
    ["step.placed", "OrderStep.Placed"],
  ])("the search for %s finds %s first", async (query, name) => {
    const context = vm.createContext({});
    for (const file of ["search-index.js", "search.js"])
      vm.runInContext(await readFile(join(folder, file), "utf8"), context);
    const found = vm.runInContext(`find(contractsIndex, ${JSON.stringify(query)})`, context) as string[][];
    expect(found[0]?.[0]).toBe(name);
    const [file = "", id = ""] = found[0]?.[2]?.split("#") ?? [];
    expect(pages.get(file)).toContain(`id="${id}"`);
  });
});

const hostile = `syntax = "proto3";
package evil.v1;
import "buf/validate/validate.proto";
import "mesh/v1/options.proto";
// </script><script>alert(1)</script> <img src=x onerror=alert(2)> "quoted' \`<b>code</b>\`
//
// - an item <i>of a list</i>
//   that goes on
service ScriptService {
  // [a link](javascript:alert(3)) & more
  rpc Run(Empty) returns (stream Empty) {
    option (mesh.v1.method) = {gateway: {scopes: "\\"><script>alert(4)</script>"}};
  }
}
// </title>
message Empty {
  // \`\`\`
  string constructor = 1 [(buf.validate.field).string = {pattern: "</code><script>alert(5)</script>" const: "\\" onclick='x'"}];
  map<string, Empty> __proto__ = 2;
  message Empty {}
  oneof choice { Empty a = 3; bytes b = 4 [deprecated = true]; }
  optional double number = 5 [(buf.validate.field).double = {gt: 10 lt: 1}];
}
`;

describe("contracts of others", () => {
  test("are never rendered as markup", async () => {
    await using project = await createRepository();
    await project.write({
      "proto/evil/v1/evil.proto": hostile,
      "proto/bare.proto": 'syntax = "proto3";\nmessage index {}\n',
      "package.json": '{"name": "<u>name"}',
    });
    const output = join(project.folder, "site");
    await writeDocs({ root: project.folder, output });
    const written = await readPages(output);
    const page = written.get("evil.v1.html") ?? "";
    for (const text of written.values()) {
      expect(text).not.toMatch(/<(?:script>|img|b>|i>|u>)|<[^>]*\son\w+=|javascript:(?!alert\(3\)\))/);
    }
    expect(page).toContain("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).toContain("<code>&lt;b&gt;code&lt;/b&gt;</code>");
    expect(page).toContain("<li>an item &lt;i&gt;of a list&lt;/i&gt; that goes on</li>");
    expect(page).toContain("<li>more than 10 or less than 1</li>");
    expect(await deadLinks(output)).toEqual([]);
    expect(doubleIds(page)).toEqual([]);
  });

  test("proto2 fields show required, optional and the default", async () => {
    await using project = await createRepository();
    const fields = "required string a = 1; optional int32 b = 2 [default = 7]; repeated string c = 3;";
    await project.write({ "proto/old.proto": `syntax = "proto2";\npackage old;\nmessage Old { ${fields} }\n` });
    const output = join(project.folder, "site");
    await writeDocs({ root: project.folder, output });
    const text = ((await readPages(output)).get("old.html") ?? "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    expect(text).toContain("a string required 1 b int32 optional 2 default 7 c repeated string 3");
  });

  test("without a web host, links lead to the local files", async () => {
    await using project = await createRepository();
    const output = join(project.folder, "public/site");
    await writeDocs({ root: project.folder, output });
    const sources = [...(await readPages(output)).values()].flatMap(linkedSources);
    expect(sources.length).toBeGreaterThan(3);
    expect(sources.filter((path) => !existsSync(resolve(output, path)))).toEqual([]);
  });

  test("with a web host, links lead there, at the commit, without the password of the remote", async () => {
    await using project = await createRepository();
    await project.commit("Contracts");
    await project.git("remote", "add", "origin", "https://ada:secret@github.com/acme/shop.git");
    const output = join(project.folder, "site");
    await writeDocs({ root: project.folder, output });
    const page = (await readPages(output)).get("mesh.v1.html") ?? "";
    const commit = await project.git("rev-parse", "HEAD");
    expect(page).toContain(`href="https://github.com/acme/shop/blob/${commit}/proto/mesh/v1/options.proto#L`);
    expect(page).not.toContain("secret");
  });
});

test("rejects a folder with other files, and removes pages of an earlier run", async () => {
  await using project = await createRepository();
  const output = join(project.folder, "docs");
  await project.write({ "docs/mine.md": "mine" });
  await expect(writeDocs({ root: project.folder, output })).rejects.toThrow("contains other files");
  await rm(output, { recursive: true });
  await writeDocs({ root: project.folder, output });
  const { mtimeMs } = await stat(join(output, "index.html"));
  await writeFile(join(output, "gone.v1.html"), "");
  await writeDocs({ root: project.folder, output });
  expect(existsSync(join(output, "gone.v1.html"))).toBe(false);
  expect((await stat(join(output, "index.html"))).mtimeMs).toBe(mtimeMs);
});
