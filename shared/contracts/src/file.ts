/** A field of a message in TypeScript: `message[oneof].value` if its `$case` is the key, or `message[key]` if it is in no oneof. */
export interface FieldStep {
  readonly key: string;
  readonly oneof?: string;
}

/** How clients send a file to a method that streams its requests. */
export interface MethodUpload {
  /** The field of the request with a part of the file. */
  readonly chunk: FieldStep;
  /** The field of the first request that gets the media type, in the .proto's names: `file.content_type`. */
  readonly contentType: string;
  /** The field that gets the size in bytes, in the .proto's names; empty: none. */
  readonly size: string;
  /** The size of the largest file in bytes. */
  readonly maxBytes: number;
  /** The media types that are accepted. */
  readonly accept: readonly string[];
}

/** How clients get a file from a method that streams its responses. */
export interface MethodDownload {
  /** The field of the response with a part of the file. */
  readonly chunk: FieldStep;
  /** The paths to the fields of the first response. */
  readonly contentType: readonly FieldStep[];
  readonly size: readonly FieldStep[];
  readonly etag: readonly FieldStep[];
  /** The field of the request that gets the position of the first byte, in the .proto's names; empty: clients get only whole files. */
  readonly offset: string;
  /** The field of the request that gets the number of bytes, in the .proto's names; empty if `offset` is. */
  readonly limit: string;
  /** Whether the bytes of a URL never change. */
  readonly immutable: boolean;
}

/**
 * Returns the value at a path of fields; undefined if a oneof on the way has another one.
 *
 * @example
 * ```ts
 * import { valueAt } from "@mesh/contracts/file";
 *
 * const message = { part: { $case: "file", value: { size: 3n } } };
 * valueAt(message, [{ key: "file", oneof: "part" }, { key: "size" }]); // 3n
 * ```
 */
export function valueAt(message: unknown, path: readonly FieldStep[]): unknown {
  return path.reduce<unknown>((scope, step) => fieldValue(scope, step), message);
}

/**
 * Returns the value of one field; undefined if its oneof has another one.
 *
 * @example
 * ```ts
 * import { fieldValue } from "@mesh/contracts/file";
 *
 * fieldValue({ part: { $case: "file", value: 1 } }, { key: "file", oneof: "part" }); // 1
 * ```
 */
export function fieldValue(message: unknown, { key, oneof }: FieldStep): unknown {
  if (oneof === undefined) return Reflect.get(Object(message), key);
  const chosen: unknown = Reflect.get(Object(message), oneof);
  return Reflect.get(Object(chosen), "$case") === key ? Reflect.get(Object(chosen), "value") : undefined;
}

/**
 * Makes a message that has one field.
 *
 * @example
 * ```ts
 * import { messageWith } from "@mesh/contracts/file";
 *
 * messageWith({ key: "chunk", oneof: "part" }, new Uint8Array(1)); // { part: { $case: "chunk", value: … } }
 * ```
 */
export function messageWith({ key, oneof }: FieldStep, value: unknown): unknown {
  return oneof === undefined ? { [key]: value } : { [oneof]: { $case: key, value } };
}
