import { type DescExtension, type DescMessage, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { messageArbitrary } from "./message-arbitrary.ts";

/** Changes bytes at a position. */
type Damage = (bytes: readonly number[], at: number, value: number) => readonly number[];

const damages: readonly Damage[] = [
  (bytes, at, value) => bytes.with(at, value),
  (bytes, at, value) => bytes.with(at, (bytes[at] ?? 0) ^ (1 << (value & 7))),
  (bytes, at) => bytes.slice(0, at),
  (bytes, at) => bytes.toSpliced(at, 1),
  (bytes, at, value) => bytes.toSpliced(at, 0, value),
  (bytes, at, value) => [...bytes, ...bytes.slice(at, at + value)],
  // A longer form of a varint, if there is one.
  (bytes, at) => bytes.toSpliced(at, 1, (bytes[at] ?? 0) | 0x80, 0x80, 0x00),
  (bytes, at, value) => bytes.toSpliced(at, 0, ...Array.from({ length: 6 + (value & 7) }, () => 0x80)),
];

/**
 * Returns an arbitrary of bytes that a sender might send as a message: those of one message, or of several after each
 * other, which are merged; half of them damaged.
 */
export function bytesArbitrary(desc: DescMessage, known: readonly DescExtension[]): fc.Arbitrary<Uint8Array> {
  const message = messageArbitrary(desc, known).map((one) => [...toBinary(desc, one)]);
  const sent = fc.array(message, { minLength: 1, maxLength: 3 }).map((all) => all.flat());
  const damage = fc.tuple(fc.constantFrom(...damages), fc.nat(), fc.nat(255));
  return fc
    .tuple(sent, fc.oneof(fc.constant([]), fc.array(damage, { minLength: 1, maxLength: 3 })))
    .map(([bytes, all]) => {
      const damaged = all.reduce<readonly number[]>(
        (some, [apply, at, value]) => (some.length === 0 ? some : apply(some, at % some.length, value)),
        bytes,
      );
      return new Uint8Array(damaged);
    });
}
