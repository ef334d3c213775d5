import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DescMessage, fromBinary, type JsonValue, type Registry, toJson } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";

/** An event as a released version sent it. */
export interface Golden {
  /** In base64. */
  readonly bytes: string;
  /** What the bytes mean, in the JSON of protobuf. */
  readonly json: JsonValue;
}

/** Returns the file with the golden bytes of an event, beside its contract: `proto/orders/v1/golden/OrderPlaced.json`. */
export function goldenFileOf(root: string, contract: string, { name }: DescMessage): string {
  return join(root, dirname(contract), "golden", `${name}.json`);
}

/** Reads golden bytes. Returns none if there is no such file. */
export async function readGolden(file: string): Promise<readonly Golden[]> {
  const text = await readFile(file, "utf8").catch(() => "[]");
  return JSON.parse(text) as Golden[]; // The command wrote it.
}

/** Writes golden bytes. */
export async function writeGolden(file: string, all: readonly Golden[]): Promise<void> {
  await writeFile(file, `${JSON.stringify(all, undefined, 2)}\n`);
}

/** Returns why the contract no longer reads bytes as what they meant; undefined: it does. */
export function goldenProblem(desc: DescMessage, { bytes, json }: Golden, registry: Registry): string | undefined {
  const message = fromBinary(desc, Buffer.from(bytes, "base64"));
  const read = JSON.stringify(toJson(desc, message, { registry }));
  if (message.$unknown?.length) return "has bytes of a field that the contract no longer has";
  if (read !== JSON.stringify(json)) return `is read as ${read} instead of ${JSON.stringify(json)}`;
  const result = createValidator({ registry }).validate(desc, message);
  return result.kind === "valid" ? undefined : `breaks a rule: ${result.error.message}`;
}
