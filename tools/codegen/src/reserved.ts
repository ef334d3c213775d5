/** Words that can't be names in a module. */
const words = `any arguments as asserts async await bigint boolean break case catch class const continue debugger default
  delete do else enum eval export extends false finally for function if implements import in infer instanceof
  interface is keyof let never new null number object package private protected public readonly return static
  string super switch symbol this throw true try type typeof undefined unique unknown var void while with yield`;

/** Names that have another meaning in a module with types: globals, and names that ts-proto's code uses. */
const used = `Array BigInt BinaryReader BinaryWriter Date Function Infinity Map Math MessageFns NaN Timestamp Uint8Array
  globalThis fromTimestamp toTimestamp createBase\\w* message writer reader input length end tag previousRecursionDepth
  into readTag skipField wrapScalar givenTimestamp mergeJson start item isMap
  v key value values entry\\d* object result struct list data date millis seconds t i`;

// With every suffix, so that a message with the name of a renamed one is renamed as well: no two get the same name.
const reservedType = new RegExp(`^(?:${`${words} ${used}`.split(/\s+/).join("|")})(?:Message|Enum)*$`);
const reservedWord = new RegExp(`^(?:${words.split(/\s+/).join("|")})(?:Service)*$`);

/** Returns true if a message or an enum can't have a name. */
export function isReservedType(name: string): boolean {
  return reservedType.test(name);
}

/** Returns true if a service can't have a name. */
export function isReservedWord(name: string): boolean {
  return reservedWord.test(name);
}
