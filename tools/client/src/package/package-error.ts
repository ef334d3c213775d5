/** The error for a package that can't be written. Its message gives the reason. */
export class PackageError extends Error {
  override readonly name = "PackageError";
}
