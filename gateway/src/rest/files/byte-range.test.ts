import { expect, test } from "vitest";
import { rangeIn, sentRange } from "./byte-range.ts";

test.each([
  ["bytes=0-0", { start: 0, end: 1 }],
  ["bytes=0-9", { start: 0, end: 10 }],
  ["bytes=5-", { start: 5, end: 10 }],
  ["bytes=5-99999999999999999999", { start: 5, end: 10 }],
  ["bytes=-3", { start: 7, end: 10 }],
  ["bytes=-99999999999999999999", { start: 0, end: 10 }],
  ["BYTES=1-1", { start: 1, end: 2 }],
  ["bytes=10-", undefined],
  ["bytes=99999999999999999999-", undefined],
  ["bytes=-0", undefined],
])("%s of ten bytes", (header, sent) => {
  const asked = rangeIn(header);
  expect(asked && sentRange(asked, 10)).toEqual(sent);
  expect(asked && sentRange(asked, 0)).toBeUndefined();
});

test.each([undefined, "", "bytes=", "bytes=-", "bytes=2-1", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=0x1-"])(
  "%s asks for the whole file",
  (header) => expect(rangeIn(header)).toBeUndefined(),
);
