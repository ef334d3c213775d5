import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runBuf } from "./buf.ts";
import { writeDependencies } from "./dependencies.ts";
import { syncFolder } from "./sync.ts";

/** The folder of the generated code, below the root of the repository. Source: `out` in buf.gen.yaml. */
const outputFolder = "shared/contracts/gen";

/**
 * The protocols of gRPC itself that shared/rpc speaks. They are generated like contracts, into a folder of their own.
 */
const protocols = "shared/rpc/proto";

/** The result of a generation. */
export interface Generated {
  /** The errors in the contracts, one per line: `proto/orders/v1/orders.proto:12:3: …`; undefined if there are none. */
  readonly errors: string | undefined;
  /** The number of files that changed. */
  readonly written: number;
  /** The number of files that are no longer generated. */
  readonly removed: number;
}

/**
 * Generates code from all contracts. Writes only the files whose content changes, and none if there is an error.
 *
 * @param root the folder of buf.yaml
 * @param output the folder for the code; default: shared/contracts/gen
 */
export async function generate({ root, output }: { root: string; output?: string }): Promise<Generated> {
  await writeDependencies(root);
  const draft = await mkdtemp(join(tmpdir(), "mesh-generate-"));
  try {
    const [errors] = await Promise.all([
      runBuf(root, ["generate", "--output", draft]),
      existsSync(join(root, protocols)) && generateProtocols(root, draft),
    ]);
    if (errors) return { errors, written: 0, removed: 0 };
    return { errors: undefined, ...(await syncFolder(join(draft, outputFolder), output ?? join(root, outputFolder))) };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function generateProtocols(root: string, draft: string): Promise<void> {
  const template = (await readFile(join(root, "buf.gen.yaml"), "utf8"))
    .replaceAll(`out: ${outputFolder}`, `out: ${outputFolder}/protocols`)
    .replace("sources=../../../proto", "sources=../../../rpc/proto");
  const errors = await runBuf(root, ["generate", protocols, "--template", template, "--output", draft]);
  if (errors) throw new Error(errors);
}
