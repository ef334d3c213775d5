/** How many bytes of a file show its type. */
export const signatureBytes = 32;

type Signature = (bytes: Uint8Array) => boolean;

/** The media types that the first bytes of a file show. SVG is none of them: it is a text, and may have scripts. */
const signatures: Readonly<Record<string, Signature>> = {
  // Source: https://www.w3.org/TR/png-3/#5PNG-file-signature
  "image/png": (bytes) => has(bytes, 0, "\x89PNG\r\n\x1a\n"),
  // Source: ITU-T T.81, B.1.1.3: start of image, then the first marker
  "image/jpeg": (bytes) => has(bytes, 0, "\xff\xd8\xff"),
  // Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
  "image/gif": (bytes) => has(bytes, 0, "GIF87a") || has(bytes, 0, "GIF89a"),
  // Source: RFC 9649, 2.4
  "image/webp": (bytes) => has(bytes, 0, "RIFF") && has(bytes, 8, "WEBP"),
  // Source: https://aomediacodec.github.io/av1-avif/#brands: the box `ftyp` with a brand of AVIF
  "image/avif": (bytes) => has(bytes, 4, "ftyp") && (has(bytes, 8, "avif") || has(bytes, 8, "avis")),
  // Source: ISO 32000-1, 7.5.2
  "application/pdf": (bytes) => has(bytes, 0, "%PDF-"),
  // Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7 and 4.3.16
  "application/zip": (bytes) => has(bytes, 0, "PK\x03\x04") || has(bytes, 0, "PK\x05\x06"),
};

/** The media type of files of any form, which browsers only download. */
export const anyType = "application/octet-stream";

/** The media types that a contract can accept. `anyType` accepts all files. */
export const acceptableTypes: readonly string[] = [...Object.keys(signatures), anyType];

/**
 * Returns the media type that the first bytes of a file show, `anyType` if they show none.
 *
 * @example
 * ```ts
 * import { mediaTypeOf } from "@mesh/contracts/media-type";
 *
 * mediaTypeOf(new TextEncoder().encode("GIF89a")); // "image/gif"
 * ```
 */
export function mediaTypeOf(bytes: Uint8Array): string {
  return Object.entries(signatures).find(([, matches]) => matches(bytes))?.[0] ?? anyType;
}

/** @param text a character for each byte */
function has(bytes: Uint8Array, offset: number, text: string): boolean {
  return [...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0));
}
