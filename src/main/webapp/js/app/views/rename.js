import { clearNameError, readUser } from './name-field.js';

/**
 * The dialog that asks for another name.
 *
 * @param {HTMLDialogElement} dialog
 * @param {(name: string) => void} changed
 * @returns {(name: string) => void} opens the dialog
 */
export function renameDialog(dialog, changed) {
  const input = dialog.querySelector('input');
  dialog.querySelector('[data-action=cancel]').addEventListener('click', () => dialog.close());
  dialog.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    const name = readUser(input);
    if (!name) return;
    dialog.close();
    changed(name);
  });
  return (name) => {
    input.value = name;
    clearNameError(input);
    dialog.showModal();
    input.select();
  };
}
