/** An extension of a certificate. */
export interface Extension {
  /** `2.5.29.19` as hexadecimal bytes: `551d13`. */
  readonly oid: string;
  /** Whether those who do not understand it must reject the certificate. */
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** One element of DER. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const tags = { boolean: 0x01, sequence: 0x30, extensions: 0xa3 } as const;

/**
 * Returns the extensions of a certificate, of which Node reads only some.
 *
 * @param der a certificate that Node has read
 * @throws Error if it is malformed
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function extensionsIn(der: Uint8Array): Extension[] {
  const [certificate] = elementsIn(der);
  const [signed] = elementsIn(contentOf(certificate));
  const holder = elementsIn(contentOf(signed)).find(({ tag }) => tag === tags.extensions);
  if (!holder) return [];
  const [list] = elementsIn(holder.content);
  return elementsIn(contentOf(list)).map(({ content }) => {
    const parts = elementsIn(content);
    const flag = parts.find(({ tag }) => tag === tags.boolean);
    return {
      oid: Buffer.from(contentOf(parts[0])).toString("hex"),
      isCritical: flag !== undefined && flag.content[0] !== 0,
      value: contentOf(parts.at(-1)),
    };
  });
}

/** Returns the elements that bytes consist of. @throws Error if they are malformed */
export function elementsIn(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = byteAt(bytes, at);
    const { length, start } = lengthAt(bytes, at + 1);
    if (start + length > bytes.length) throw malformed();
    found.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

function lengthAt(bytes: Uint8Array, at: number): { readonly length: number; readonly start: number } {
  const first = byteAt(bytes, at);
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first & 0x7f;
  // 0 would be a length that only BER has; a certificate has less than 16 MiB.
  if (count === 0 || count > 3) throw malformed();
  let length = 0;
  for (let index = 1; index <= count; index++) length = length * 256 + byteAt(bytes, at + index);
  return { length, start: at + 1 + count };
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw malformed();
  return byte;
}

function contentOf(element: Element | undefined): Uint8Array {
  if (!element) throw malformed();
  return element.content;
}

function malformed(): Error {
  return new Error("the certificate is malformed");
}
