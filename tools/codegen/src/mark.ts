import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { positionOfName } from "./position.ts";

/** Control characters, which nothing else that we print contains: comments are freed of them, literals escape them. */
const open = "\u0001";
const close = "\u0002";
const marker = new RegExp(`${open}([^${close}]*)${close}`, "g");

/** A place in a declaration and where it comes from; lines and columns count from 0. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  /** As contracts import it: `orders/v1/orders.proto`. */
  readonly file: string;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

/** Printed before a name: go-to-definition leads from there to the name in the .proto. */
export function mark(desc: Exclude<AnyDesc, DescFile>): string {
  const { file, line, column } = positionOfName(desc);
  return `${open}${line - 1}:${column - 1}:${file}${close}`;
}

/** Takes the marks out of a text and says where they were. */
export function takeMarks(text: string): { readonly text: string; readonly marks: readonly Mark[] } {
  const marks: Mark[] = [];
  const lines = text.split("\n").map((line, index) => {
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
