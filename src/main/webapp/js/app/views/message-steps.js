const STEPS = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' };

/**
 * With the arrow keys, one goes from message to message. What is higher than the view is scrolled through first.
 *
 * @param {HTMLElement} scroller where the keys are pressed
 * @param {HTMLElement} log its element whose children are the rows
 * @param {AbortSignal} signal
 */
export function stepThrough(scroller, log, signal) {
  scroller.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const view = scroller.getBoundingClientRect();
    const from = event.target.closest('.message');
    const next = from ? beside(from, step) : startIn(log, view, event.key);
    if (!next || (from && isCut(from, view, event.key))) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  }, { signal });
}

function beside(row, step) {
  let next = row[step];
  while (next && !next.matches('.message')) next = next[step];
  return next;
}

/** The first or the last that is on the screen. */
function startIn(log, view, key) {
  const visible = [...log.querySelectorAll('.message')].filter((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > view.top && top < view.bottom;
  });
  return key === 'ArrowUp' ? visible.at(-1) : visible[0];
}

/** Whether a row goes on where the step leads. */
function isCut(row, view, key) {
  const { top, bottom } = row.getBoundingClientRect();
  return key === 'ArrowUp' ? top < view.top - 1 : bottom > view.bottom + 1;
}
