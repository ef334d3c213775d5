/** A reason why no package was written, in words for whoever asked. */
export class Failure extends Error {
  override readonly name = "Failure";
}
