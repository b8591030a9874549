import { normaliseName, whyNotAName } from '../model/names.js';

/**
 * Reads a name from a field; says beside the field what is wrong with it.
 *
 * @param {HTMLInputElement} input described by the element that shows the error
 * @returns {string} the name, or empty if it is not one
 */
export function readName(input) {
  const name = normaliseName(input.value);
  const problem = whyNotAName(name);
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
