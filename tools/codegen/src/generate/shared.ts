import { createHash } from "node:crypto";
import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import type { Verdicts } from "../schema/needed.ts";
import { readDescriptor } from "../source-info.ts";

/** The files of a job: those to generate code for, by their names, and all as bytes. */
interface JobFiles {
  readonly names: readonly string[];
  readonly descriptors: readonly Uint8Array[];
}

/** What the jobs of a thread in one generation have in common, which would otherwise be made for each of them. */
export class SharedParts {
  /** The files that the last job only imported, by the hashes of their bytes. */
  #imports: ReadonlyMap<string, FileDescriptorProto> = new Map();
  readonly #verdicts = new Map<string, Verdicts>();

  /** Reads the files of a job, except those that the last job imported too. */
  read({ descriptors, names }: JobFiles): FileDescriptorProto[] {
    const files = descriptors.map((bytes) => {
      const hash = createHash("sha256").update(bytes).digest("hex");
      return { hash, proto: this.#imports.get(hash) ?? readDescriptor(bytes) };
    });
    const own = new Set(names);
    this.#imports = new Map(files.flatMap(({ hash, proto }) => (own.has(proto.name) ? [] : [[hash, proto] as const])));
    return files.map(({ proto }) => proto);
  }

  /** Returns the verdicts on the rules of a tree. All jobs of a tree have all files that define rules. */
  verdictsOf({ output }: { readonly output: string }): Verdicts {
    const verdicts = this.#verdicts.get(output) ?? new Map<string, boolean>();
    this.#verdicts.set(output, verdicts);
    return verdicts;
  }
}
