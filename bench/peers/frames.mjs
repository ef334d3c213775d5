// Frames of a byte stream: the length in four bytes, then the content.
const headerBytes = 4;

/** Returns the content as a frame. */
export function frame(content) {
  const bytes = Buffer.allocUnsafe(headerBytes + content.length);
  bytes.writeUInt32BE(content.length, 0);
  bytes.set(content, headerBytes);
  return bytes;
}

/** Returns a function that takes chunks of any size and calls `onFrame` with the content of each complete frame. */
export function readFrames(onFrame) {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= headerBytes) {
      const end = at + headerBytes + bytes.readUInt32BE(at);
      if (end > bytes.length) break;
      onFrame(bytes.subarray(at + headerBytes, end));
      at = end;
    }
    rest = bytes.subarray(at);
  };
}
