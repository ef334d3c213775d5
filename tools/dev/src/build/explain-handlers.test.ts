import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { typeErrorsOf } from "./type-errors.ts";

const repository = join(import.meta.dirname, "../../../..");

let folder: string;

// In the repository, so that the compiler finds its packages. Git ignores dist.
beforeEach(async () => {
  const scratch = join(repository, "tools/dev/dist");
  await mkdir(scratch, { recursive: true });
  folder = await mkdtemp(join(scratch, "handlers-"));
  const tsconfig = { extends: join(repository, "tsconfig.base.json"), include: ["*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function errorsOf(functions: string): Promise<string[]> {
  const source = `import { PaymentService } from "@mesh/contracts/testing/payments/v1";
import { service } from "@mesh/service";
const fail = (): never => { throw new Error(); };
export const payments = service(PaymentService, {}, {
  ${functions}
});
`;
  await writeFile(join(folder, "service.ts"), source);
  const errors = await typeErrorsOf(repository, folder, new AbortController().signal);
  return errors.map((error) => error.slice(error.indexOf("service.ts")));
}

test.each([
  [
    "getPayment: fail, refundPayment: fail,\n  oldPayment: fail,",
    "service.ts:6:3: PaymentService has no rpc for the function oldPayment: remove it, or add the rpc to the contract (TS2353)",
  ],
  [
    "getPayment: fail,\n  refundPaymnt: fail,",
    "service.ts:6:3: PaymentService has no rpc for the function refundPaymnt: did you mean refundPayment? (TS2561)",
  ],
  [
    "getPayment: fail,",
    "service.ts:4:53: PaymentService has an rpc without a function: add refundPayment, or remove the rpc from the contract (TS2741)",
  ],
])("%s", async (functions, expected) => {
  expect(await errorsOf(functions)).toEqual([expected]);
});
