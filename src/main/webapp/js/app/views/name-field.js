import { normaliseName, whyNotAName, whyNotAUser } from '../model/names.js';

/**
 * Reads the name of a room from a field; says beside the field what is wrong with it.
 *
 * @param {HTMLInputElement} input described by the element that shows the error
 * @returns {string} the name, or empty if it is not one
 */
export const readRoom = (input) => readName(input, whyNotAName);

/** The same for somebody who chats. */
export const readUser = (input) => readName(input, whyNotAUser);

function readName(input, whyNot) {
  const name = normaliseName(input.value);
  const problem = whyNot(name);
  document.getElementById(input.getAttribute('aria-describedby')).textContent = problem;
  input.setAttribute('aria-invalid', String(problem !== ''));
  if (problem) input.focus();
  return problem ? '' : name;
}

/** Forgets what was wrong before. */
export function clearNameError(input) {
  document.getElementById(input.getAttribute('aria-describedby')).textContent = '';
  input.removeAttribute('aria-invalid');
}
