import { gzipSync } from "node:zlib";
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

test("one message's schema brings in what it needs and nothing else", async () => {
  const { code } = await bundled('export { PlaceOrderRequestSchema } from "@mesh/contracts/orders/v1";');
  expect(code).toContain("idempotency_key");
  // Another message's fields, a codec, a service, an error, a format that no field has.
  for (const other of ["customer_id", "uint32(", 'PlaceOrder"', "OUT_OF_STOCK", "host_and_port"]) {
    expect(code).not.toContain(other);
  }
});

test("a form that is checked by a contract loads at most 30 KB, zod included", async () => {
  const { bytes } = await bundled(
    'export { PlaceOrderRequestSchema } from "@mesh/contracts/orders/v1"; export { violations } from "@mesh/contracts";',
  );
  expect(bytes).toBeLessThan(30_000);
});
