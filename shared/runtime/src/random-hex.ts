import { randomFillSync } from "node:crypto";

// Ids of traces need no secrecy, only to differ. The system's random numbers cost a microsecond each.

/**
 * The state of xoshiro128** (https://prng.di.unimi.it/), from the system's random numbers, so that processes differ. The
 * global `crypto` would load all of the Web Crypto API.
 */
const state = randomFillSync(new Uint32Array(4));

/** The bytes of a header `traceparent`, in which the digits are replaced. */
const header = Buffer.from(`00-${"0".repeat(32)}-${"0".repeat(16)}-00`);
const places = { traceId: 3, spanId: 36, flags: 53 };
const digitCodes = Buffer.from("0123456789abcdef");

/** Returns the value of a header `traceparent` with new ids. */
export function randomIds(sampled: boolean): string {
  for (let word = 0; word < 4; word++) setDigits(places.traceId + 8 * word, next());
  for (let word = 0; word < 2; word++) setDigits(places.spanId + 8 * word, next());
  header[places.flags + 1] = sampled ? one : zero;
  return header.toString("latin1");
}

const [zero, one] = [0x30, 0x31];

function setDigits(at: number, bits: number): void {
  for (let place = 0; place < 8; place++) {
    header[at + place] = Number(digitCodes[(bits >>> (28 - 4 * place)) & 15]);
  }
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Returns 8 random hexadecimal digits for each word of 32 bits. They are not fit for secrets. */
export function randomHex(words: number): string {
  let text = "";
  for (let word = 0; word < words; word++) {
    const bits = next();
    text += digits(bits >>> 24) + digits((bits >>> 16) & 0xff) + digits((bits >>> 8) & 0xff) + digits(bits & 0xff);
  }
  return text;
}

function digits(byte: number): string {
  return hexOfByte[byte] ?? "";
}

function next(): number {
  const [a = 0, b = 0, c = 0, d = 0] = state;
  const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
  const [c2, d2] = [c ^ a, d ^ b];
  state[1] = b ^ c2;
  state[0] = a ^ d2;
  state[2] = c2 ^ (b << 9);
  state[3] = rotate(d2, 11);
  return result >>> 0;
}

function rotate(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}
