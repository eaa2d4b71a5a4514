import { onLanguage, remember, remembered, words } from './language.js';

/** Light or dark: as the system has it, until somebody says otherwise. */
export function startTheme(button) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  let chosen = remembered('theme');
  const apply = () => {
    root.dataset.theme = chosen === 'dark' || chosen === 'light' ? chosen : system.matches ? 'dark' : 'light';
  };
  button.addEventListener('click', () => {
    chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
    remember('theme', chosen);
    apply();
  });
  system.addEventListener('change', apply);
  onLanguage(() => {
    button.setAttribute('aria-label', words().theme);
    button.title = words().theme;
  });
  apply();
}
