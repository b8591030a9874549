/*
 * Sets the remembered theme before the first paint. A classic script in the head for that reason: a module would run
 * after the page was painted once in the wrong colours. views/theme-button.js changes it later.
 */
try {
  const directory = new URL('.', location.href).pathname;
  const theme = JSON.parse(localStorage.getItem(`roomcast${directory === '/' ? '' : directory}.theme`));
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's choice it is.
}
