/** The bytes a call of String.fromCharCode takes at most: engines limit the number of arguments. */
const chunkBytes = 0x2000;

/** Writes bytes as base64 with padding (RFC 4648 §4), in browsers and in Node alike. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    text += String.fromCharCode(...bytes.subarray(start, start + chunkBytes));
  }
  return btoa(text);
}

/**
 * Reads base64 with padding.
 *
 * @throws TypeError when it is anything else
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  // atob takes spaces and missing padding too, so that two texts would mean the same bytes.
  if (text.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(text)) throw new TypeError("malformed base64");
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
