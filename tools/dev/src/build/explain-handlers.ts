const handlers = String.raw`'(\w+)Handlers<.*?>'`;

/** The compiler's errors about the functions of a service, and what they mean. */
const meanings: readonly (readonly [error: RegExp, meaning: string])[] = [
  [
    new RegExp(String.raw`'(\w+)' does not exist in type ${handlers}\. Did you mean to write '(\w+)'`, "s"),
    "$2 has no rpc for the function $1: did you mean $3?",
  ],
  [
    new RegExp(String.raw`'(\w+)' does not exist in type ${handlers}`, "s"),
    "$2 has no rpc for the function $1: remove it, or add the rpc to the contract",
  ],
  [
    new RegExp(String.raw`Property '(\w+)' is missing in type .* but required in type ${handlers}`, "s"),
    "$2 has an rpc without a function: add $1, or remove the rpc from the contract",
  ],
  [
    new RegExp(`is missing the following properties from type ${handlers}: (.+)$`, "s"),
    "$1 has rpcs without functions: add $2, or remove the rpcs from the contract",
  ],
];

/** Returns what an error of the compiler means if it is about the functions of a service; else the error itself. */
export function explainHandlers(error: string): string {
  for (const [pattern, meaning] of meanings) {
    const found = pattern.exec(error);
    const code = /^TS\d+/.exec(error)?.[0];
    if (found) return `${meaning.replace(/\$(\d)/g, (_, group) => found[Number(group)] ?? "")} (${code})`;
  }
  return error;
}
