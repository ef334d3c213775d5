/** The error for a request that can't be fulfilled. Its message gives the reason and the fix. */
export class GeneratorError extends Error {
  override readonly name = "GeneratorError";
}
