/** @returns {boolean} whether this platform can inflate what `roomcast.v1.deflate` sends */
export function canInflate() {
  try {
    return Boolean(new DecompressionStream('deflate-raw'));
  } catch {
    return false;
  }
}

/**
 * @param {ArrayBuffer} data raw deflate of UTF-8 text
 * @returns {Promise<string>} rejects when it is broken
 */
export function inflate(data) {
  return new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
}
