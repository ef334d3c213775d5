import { cpSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../../..");

/** Copies the settings of buf, proto/mesh, and the contracts of the tests into `proto` of another folder, as a project has them. */
export function copyContracts(root: string): void {
  for (const name of ["buf.yaml", "buf.gen.yaml", "proto/mesh", "proto/.deps"]) {
    cpSync(join(repository, name), join(root, name), { recursive: true });
  }
  for (const name of ["catalog", "inventory", "orders", "payments"]) {
    cpSync(join(repository, "tools/testing/proto", name), join(root, "proto", name), { recursive: true });
  }
}
