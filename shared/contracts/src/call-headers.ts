/** The value of a header or a trailer: bytes if its name ends in `-bin`, else text of visible ASCII and spaces. */
export type HeaderValue<Name extends string = string> = string extends Name
  ? string | Uint8Array
  : Name extends `${string}-bin`
    ? Uint8Array
    : string;

/** The headers or trailers of a response. */
export interface ResponseHeaders {
  /** Returns the first value of a header, named in small letters; undefined: it was not sent. */
  get<Name extends string>(name: Name): HeaderValue<Name> | undefined;
}
