/** A piece of ts-proto's output that is wrong, and what it should be. */
interface Mend {
  /** Says whether a file has the piece at all. */
  readonly when: RegExp;
  readonly wrong: string;
  readonly right: string;
}

/**
 * Before 1970 ts-proto rounds the seconds up and the nanoseconds become negative, which protobuf does not allow: seconds
 * are rounded down and nanoseconds always count forward. The other way, nanoseconds are cut to whole milliseconds, so
 * that a time that was written by something more exact is never an instant later than it was.
 */
const mends: readonly Mend[] = [
  {
    when: /function toTimestamp\(/,
    wrong: `
  const seconds = BigInt(Math.trunc(date.getTime() / 1_000));
  const nanos = (date.getTime() % 1_000) * 1_000_000;
  return {  seconds, nanos };
`,
    right: `
  const millis = date.getTime();
  const seconds = Math.floor(millis / 1_000);
  return { seconds: BigInt(seconds), nanos: (millis - seconds * 1_000) * 1_000_000 };
`,
  },
  {
    when: /function fromTimestamp\(/,
    wrong: `
  let millis = (globalThis.Number(t.seconds.toString()) || 0) * 1_000;
  millis += (t.nanos || 0) / 1_000_000;
  return new globalThis.Date(millis);
`,
    right: `
  return new globalThis.Date(globalThis.Number(t.seconds) * 1_000 + Math.floor(t.nanos / 1_000_000));
`,
  },
];

/** The type of each single value of an enum: nobody needs them, and a value may be called like no type can be. */
const valueTypes = /^export namespace \w+ \{\n(?: {2}export type [^;]*;\n)*\}\n/gm;

/** In a oneof ts-proto lets the list of a FieldMask be absent, and then can't encode it. */
const absentPaths = /(\$case: '\w+', value: string\[\]) \| undefined(?= \})/g;

/** A value of an enum may be called so; an object would take it for its prototype. */
const prototype = /^( +)__proto__ : (-?\d+)/gm;

/**
 * Assigning to the key `__proto__`, which may come from the wire, would replace the prototype of a map instead of adding
 * to it.
 */
const keyed = /^( *)(\S+)\[((?:entry\d+\.)?key)\] = (.+);$/gm;
const defined = "configurable: true, enumerable: true, writable: true";

/** Zero is not written; -0 is another number than 0. */
const realUnlessZero = /if \( ?(\S+) !== 0\) (\{\s*writer\.uint32\(\d+\)\.(?:double|float)\()/g;

/** Mends ts-proto's output; throws where it is not what the mends were written for. */
export function mend(name: string, source: string): string {
  const text = source
    .replace(valueTypes, "")
    .replace(absentPaths, "$1")
    .replace(prototype, '$1["__proto__"]: $2')
    .replace(realUnlessZero, "if (!globalThis.Object.is($1, 0)) $2")
    // What is no UTF-8 would be read as something else.
    .replaceAll("reader.string()", "reader.string(true)")
    .replace(keyed, `$1globalThis.Object.defineProperty($2, $3, { value: $4, ${defined} });`);
  if (/^export namespace /m.test(text)) throw new Error(`${name}: ts-proto's output changed, a namespace is left over`);
  if (/key\] =/.test(text)) throw new Error(`${name}: ts-proto's output changed, a key is still assigned to`);
  if (/!== 0\)\s*\{\s*writer\.uint32\(\d+\)\.(?:double|float)\(/.test(text))
    throw new Error(`${name}: ts-proto's output changed, -0 is not written`);
  return mends.reduce((mended, { when, wrong, right }) => {
    if (!when.test(mended)) return mended;
    if (!mended.includes(wrong)) throw new Error(`${name}: ts-proto's output changed, ${when.source} can't be mended`);
    return mended.replace(wrong, () => right);
  }, text);
}
