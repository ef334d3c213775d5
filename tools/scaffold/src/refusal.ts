/** A reason not to generate anything, in words for whoever asked: what is wrong, and how to mend it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
