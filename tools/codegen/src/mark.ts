import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { positionOfName } from "./position.ts";

/** Control characters that occur nowhere else in printed code: comments drop them, and literals escape them. */
const open = "\u0001";
const close = "\u0002";
const marker = new RegExp(`${open}([^${close}]*)${close}`, "g");

/** A position in generated code and its source in the .proto. Lines and columns count from 0. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  /** The path by which contracts import the file: `orders/v1/orders.proto`. */
  readonly file: string;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

/** Returns a mark to print before a name, so that go-to-definition leads to the name in the .proto. */
export function mark(desc: Exclude<AnyDesc, DescFile>): string {
  const { file, line, column } = positionOfName(desc);
  return `${open}${line - 1}:${column - 1}:${file}${close}`;
}

/** Removes the marks from a text and returns their positions. */
export function takeMarks(text: string): { readonly text: string; readonly marks: readonly Mark[] } {
  const marks: Mark[] = [];
  if (!text.includes(open)) return { text, marks };
  const lines = text.split("\n").map((line, index) => {
    if (!line.includes(open)) return line;
    let removed = 0;
    return line.replace(marker, (whole, body: string, offset: number) => {
      marks.push({ line: index, column: offset - removed, ...parse(body) });
      removed += whole.length;
      return "";
    });
  });
  return { text: lines.join("\n"), marks };
}

function parse(body: string): Pick<Mark, "file" | "sourceLine" | "sourceColumn"> {
  const [line = "0", column = "0", ...file] = body.split(":");
  return { sourceLine: Number(line), sourceColumn: Number(column), file: file.join(":") };
}
