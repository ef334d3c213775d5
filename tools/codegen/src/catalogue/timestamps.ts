import { type DescFile, getOption, hasOption } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { isPackageOption } from "./options.ts";

/**
 * The form of a Timestamp: a Date without the digits below a millisecond, a Date for which such digits are an error, or the
 * message with all digits.
 */
export type Timestamps = "truncate" | "reject" | "exact";

/** The forms by the numbers of mesh.v1.Timestamps. */
const forms: readonly Timestamps[] = ["truncate", "truncate", "reject", "exact"];

const known = new WeakMap<DescFile, Timestamps>();

/** Returns the form of the Timestamps in the fields that a file declares. */
export function timestampsOf(file: DescFile): Timestamps {
  const form = known.get(file) ?? readForm(file);
  known.set(file, form);
  return form;
}

function readForm(file: DescFile): Timestamps {
  const extension = file.dependencies.flatMap(({ extensions }) => extensions).find(isPackageOption);
  if (!extension || !hasOption(file, extension)) return "truncate";
  const { timestamps } = getOption(file, extension) as { readonly timestamps: number }; // A mesh.v1.Package.
  return forms[timestamps] ?? "truncate";
}

/** Reports files whose form differs from that of the first file of their package. */
export function checkTimestamps(files: readonly DescFile[], _options: unknown, problems: Problem[]): void {
  const first = new Map<string, DescFile>();
  for (const file of files) {
    const other = first.get(file.proto.package) ?? file;
    first.set(file.proto.package, other);
    if (timestampsOf(file) === timestampsOf(other)) continue;
    const [own, theirs] = [file, other].map((one) => `TIMESTAMPS_${timestampsOf(one).toUpperCase()}`);
    const text = `(mesh.v1.package).timestamps is ${own} here and ${theirs} in ${other.proto.name}: set the same in all files of ${file.proto.package}`;
    problems.push({ desc: file, text });
  }
}
