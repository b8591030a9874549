import { icon } from '../dom.js';
import { StoredValue } from '../model/storage.js';

const THEMES = ['auto', 'light', 'dark'];
const NAMES = { auto: 'as the system', light: 'light', dark: 'dark' };
const stored = new StoredValue('localStorage', 'theme', (value) => (THEMES.includes(value) ? value : 'auto'));

/** Goes round: as the system, light, dark. */
export function themeButton(button) {
  const show = (theme) => {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.replaceChildren(icon(theme));
    button.setAttribute('aria-label', `Colours: ${NAMES[theme]}`);
    button.title = `Colours: ${NAMES[theme]}`;
  };
  button.addEventListener('click', () => {
    const theme = THEMES[(THEMES.indexOf(stored.get()) + 1) % THEMES.length];
    stored.set(theme);
    show(theme);
  });
  show(stored.get());
}
