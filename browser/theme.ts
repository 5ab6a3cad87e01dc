/** Theme: light or dark as the reader's system says, until the reader says otherwise; paper is always light. */
import { button } from './elements';

const watchers: (() => void)[] = [];

/** Called when colours change. */
export function onThemeChange(watcher: () => void): void {
  watchers.push(watcher);
}

/** The button that changes it. Nothing is kept: the file may not write. */
export function themeButton(): HTMLButtonElement {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  let said: 'light' | 'dark' | undefined;
  const shown = () => said ?? (system.matches ? 'dark' : 'light');
  const apply = (theme: 'light' | 'dark') => {
    root.dataset.theme = theme;
    element.setAttribute('aria-label', theme === 'dark' ? 'Light colours' : 'Dark colours');
    element.textContent = theme === 'dark' ? '☀' : '☾';
    for (const watcher of watchers) watcher();
  };
  const element = button(
    '',
    () => {
      said = shown() === 'dark' ? 'light' : 'dark';
      apply(said);
    },
    { class: 'theme' },
  );
  system.addEventListener('change', () => apply(shown()));
  addEventListener('beforeprint', () => apply('light'));
  addEventListener('afterprint', () => apply(shown()));
  apply(shown());
  return element;
}
