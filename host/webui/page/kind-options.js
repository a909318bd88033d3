// Options are buttons. With the keyboard: Tab comes to the first, arrows to the
// others, and a digit chooses. The newest can be chosen of again.
import { el } from './dom.js';

export function choices(item, page) {
  const buttons = item.body.map((option, i) => el('button', {
    type: 'button', class: 'choice', tabindex: i ? '-1' : '0',
    'aria-pressed': item.chosen === null ? null : String(option.value === item.chosen),
    disabled: !item.open,
    onclick: () => page.choose(option),
  }, option.label));
  return el('div', {
    class: `choices ${item.open ? 'open' : ''}`, role: 'group', 'aria-label': 'Choose an answer',
    onkeydown: (e) => key(e, buttons),
  }, buttons);
}

const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function key(e, buttons) {
  if (e.ctrlKey || e.altKey || e.metaKey) return;
  const at = buttons.indexOf(document.activeElement);
  let to = -1;
  if (e.key in steps) to = (at + steps[e.key] + buttons.length) % buttons.length;
  else if (e.key === 'Home') to = 0;
  else if (e.key === 'End') to = buttons.length - 1;
  else if (/^[1-9]$/.test(e.key)) {
    const chosen = buttons[Number(e.key) - 1];
    if (chosen) {
      e.preventDefault();
      chosen.click();
    }
    return;
  } else return;
  e.preventDefault();
  buttons.forEach((b, i) => { b.tabIndex = i === to ? 0 : -1; });
  buttons[to].focus();
}
