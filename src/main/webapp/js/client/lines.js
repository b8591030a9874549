/**
 * The lines of an answer, each as soon as it has come whole. The last one counts only if it has its end: what came
 * after the last line break was cut off.
 *
 * @param {Response} response
 * @returns {AsyncGenerator<string>} rejects when the answer breaks off
 */
export async function* linesOf(response) {
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop();
      yield* lines;
    }
  } finally {
    reader.releaseLock();
  }
}
