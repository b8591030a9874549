import { hasShape } from './shapes.js';

/**
 * Reads one WebSocket text frame: JSON objects separated by newlines. What is not a JSON object, or not
 * what its type says, is left out: one bad line must not cost the good ones beside it.
 *
 * @param {unknown} data
 * @returns {object[]}
 */
export function readFrames(data) {
  if (typeof data !== 'string') return [];
  const frames = [];
  for (const line of data.split('\n')) {
    if (!line) continue;
    try {
      const frame = JSON.parse(line);
      if (frame !== null && typeof frame === 'object' && !Array.isArray(frame) && hasShape(frame)) frames.push(frame);
    } catch {
      console.warn('Roomcast: a frame that is not JSON was ignored');
    }
  }
  return frames;
}

const encoder = new TextEncoder();

/** @returns {number} how many bytes `text` takes in UTF-8, as the server counts */
export function utf8Length(text) {
  return encoder.encode(text).length;
}
