const TOKEN_REFUSED = 4501;

/**
 * The dialog that asks for a token, where the server lets nobody in without one. The token is handed on and not kept
 * here.
 *
 * @param {import('../../roomcast.js').Roomcast} client
 * @param {HTMLDialogElement} dialog
 * @param {(token: string) => void} given
 */
export function tokenDialog(client, dialog, given) {
  const input = dialog.querySelector('input');
  const problem = document.getElementById(input.getAttribute('aria-describedby'));
  const complain = (text) => {
    problem.textContent = text;
    input.setAttribute('aria-invalid', String(text !== ''));
  };
  dialog.querySelector('[data-action=cancel]').addEventListener('click', () => dialog.close());
  dialog.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    const token = input.value.trim();
    if (!token) {
      complain('Paste a token.');
      input.focus();
      return;
    }
    dialog.close();
    given(token);
  });
  dialog.addEventListener('close', () => { input.value = ''; });
  client.addEventListener('closed', ({ detail }) => {
    if (detail.code !== TOKEN_REFUSED || dialog.open) return;
    complain(detail.reason);
    dialog.showModal();
    input.focus();
  });
}
