/** What is known of an object without its bytes. */
export interface ObjectFacts {
  /** The media type that its writer gave. */
  readonly contentType: string;
  /** In bytes. */
  readonly size: number;
  /** A text that is another one for other bytes. It has no quotes. */
  readonly etag: string;
}

/** Options of a new object. */
export interface PutOptions {
  readonly contentType: string;
  /** The most bytes that it may have. */
  readonly maxBytes: number;
  /** Ends the writing. Nothing of the object is kept then. */
  readonly signal?: AbortSignal;
}

/** The bytes from `start` up to `end`, which is not included. */
export interface ByteRange {
  readonly start: number;
  /** Default: the end of the object. */
  readonly end?: number;
}

/** An object that is being read. */
export interface OpenObject extends ObjectFacts {
  /** Its bytes, read as fast as they are taken. To leave the loop closes the object. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * A store of objects by their keys. A key is up to 512 characters: words of small letters, digits, `-` and `_`, separated by
 * `/`: `products/0190f5fe/cover`. Other keys are rejected with an Error.
 */
export interface Objects {
  /**
   * Writes an object, which replaces one with the same key. It exists once all bytes are on the disk, and not before: if
   * `chunks` fails or the process ends, nothing changes.
   *
   * @throws MeshError OUT_OF_RANGE if there are more than `maxBytes`
   */
  put(key: string, chunks: AsyncIterable<Uint8Array>, options: PutOptions): Promise<ObjectFacts>;
  /** Opens an object, or undefined if there is none. Default range: all bytes. */
  get(key: string, range?: ByteRange): Promise<OpenObject | undefined>;
  /** Returns what is known of an object, or undefined if there is none. */
  head(key: string): Promise<ObjectFacts | undefined>;
  /** Removes an object, if there is one. */
  delete(key: string): Promise<void>;
}
