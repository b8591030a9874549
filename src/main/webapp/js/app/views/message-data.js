import { el } from '../dom.js';
import { MessageText } from './message-text.js';

const WITHOUT_TEXT = '(a message without text)';
const ERASED = '(an erased message)';
/** An erased message is nobody's any more. */
const NOBODY = 'Erased';

/** @returns {string} what to show and to read out of a message */
export const textOf = ({ content, erased }) => (erased ? ERASED : content ?? WITHOUT_TEXT);

/** @returns {string} who is shown as the sender */
export const nameOf = ({ name, erased }) => (erased ? NOBODY : name);

/**
 * The data of a message without text, for those who want to look at it. It is drawn when it is opened.
 *
 * @returns {HTMLElement|undefined}
 */
export function dataOf({ content, data }) {
  if (content !== undefined || data === undefined) return undefined;
  const details = el('details', { class: 'data' }, el('summary', {}, 'Data'));
  details.addEventListener('toggle', () => {
    const text = new MessageText(formatted(data));
    text.element.dir = 'ltr';
    details.append(text.element, ...(text.more ? [text.more] : []));
  }, { once: true });
  return details;
}

function formatted(data) {
  try {
    return JSON.stringify(data, null, 2);
  } catch {
    return 'This data is nested too deep to be shown.';
  }
}
