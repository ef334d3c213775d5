import { gzipSync } from "node:zlib";
import { generateFiles, writeGenerated } from "@mesh/codegen/testing";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** The size of what a browser loads for this source, minified and compressed. */
async function bundled(contents: string): Promise<{ code: string; bytes: number }> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "browser",
  });
  const code = outputFiles[0]?.text ?? "";
  return { code, bytes: gzipSync(code).length };
}

test("the bundle of one schema contains only what it needs", async () => {
  const { code } = await bundled('export { PlaceOrderRequestSchema } from "@mesh/contracts/testing/orders/v1";');
  expect(code).toContain("idempotencyKey");
  // Another message's field, a codec, a service, an error, a format that no field has, the type of a oneof.
  for (const other of ["customerId", "uint32(", 'PlaceOrder"', "OUT_OF_STOCK", "host_and_port", "$case"]) {
    expect(code).not.toContain(other);
  }
});

test("a form that is checked by a schema loads at most 25.95 KB, zod included", async () => {
  const { bytes } = await bundled(
    'export { PlaceOrderRequestSchema } from "@mesh/contracts/testing/orders/v1"; export { violations } from "@mesh/contracts";',
  );
  expect(bytes).toBeLessThan(25_950);
});

test("CEL is bundled only with a message that has expressions", async () => {
  const source = `syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
message Plain { string id = 1 [(buf.validate.field).string.min_len = 1]; }
message Ranged {
  option (buf.validate.message).cel_expression = "this.low < this.high";
  int32 low = 1;
  int32 high = 2;
}`;
  const generated = await writeGenerated(await generateFiles({ "shop/v1/shop.proto": source }));
  try {
    const file = JSON.stringify(`${generated.folder}/shop/v1/shop.zod.js`);
    const plain = await bundled(`export { PlainSchema } from ${file};`);
    const ranged = await bundled(`export { RangedSchema } from ${file};`);
    expect(plain.code.includes("getField")).toBe(false);
    expect(plain.bytes).toBeLessThan(30_000);
    expect(ranged.code.includes("getField")).toBe(true);
  } finally {
    await generated.dispose();
  }
});
