// Tables: a column's head sorts by it, and the whole can be had as CSV.
import { el, save, icon } from './dom.js';

/** How many rows are shown first, and each time that more are asked for. */
const step = 20;

/** table shows {columns, rows}; title is its caption, if it has one, and more are
 * buttons below it. */
export function table(body, page, title = '', ...more) {
  if (!Array.isArray(body.columns) || !Array.isArray(body.rows)) throw new TypeError('no table');
  const view = { rows: body.rows, column: -1, order: 0, shown: step };
  const numbers = body.columns.map((_, i) => numeric(body.rows, i));
  const heads = body.columns.map((name, i) => el('th', { scope: 'col', class: numbers[i] ? 'right' : '' },
    el('button', { type: 'button', class: 'sort', onclick: () => sort(i) }, name)));
  const inner = el('tbody');
  const further = el('button', { type: 'button', class: 'quiet', onclick: () => { view.shown += step * 5; fill(); } });
  const count = el('span', { class: 'count' });

  function sort(i) {
    view.order = view.column === i ? (view.order + 2) % 3 - 1 : 1;
    view.column = i;
    view.rows = view.order ? sorted(body.rows, i, view.order) : body.rows;
    heads.forEach((head, at) => {
      const order = at === i ? view.order : 0;
      if (order) head.setAttribute('aria-sort', order > 0 ? 'ascending' : 'descending');
      else head.removeAttribute('aria-sort');
    });
    fill();
  }

  function fill() {
    inner.replaceChildren(...view.rows.slice(0, view.shown).map((row) => el('tr', {},
      row.map((cell, i) => el('td', { class: numbers[i] ? 'right' : '' }, show(cell))))));
    further.hidden = view.rows.length <= view.shown;
    further.textContent = `Show ${Math.min(step * 5, view.rows.length - view.shown)} more`;
    count.textContent = `${body.rows.length} ${body.rows.length === 1 ? 'row' : 'rows'}`;
  }

  fill();
  return el('figure', { class: 'table' },
    el('div', { class: 'wide', tabindex: '0', role: 'group', 'aria-label': title || 'Table' },
      el('table', {}, title ? el('caption', {}, title) : null, el('thead', {}, el('tr', {}, heads)), inner)),
    el('figcaption', {}, count, further, el('button', {
      type: 'button', class: 'quiet', onclick: () => save(new Blob([csv(body)], { type: 'text/csv' }), 'table.csv'),
    }, icon('download'), 'CSV'), more));
}

/** show writes a cell; what is not there is empty. */
function show(cell) {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return String(cell);
}

function numeric(rows, i) {
  return rows.some((r) => typeof r[i] === 'number') &&
    rows.every((r) => typeof r[i] === 'number' || r[i] === null);
}

const words = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** sorted returns the rows by a column, 1 upwards or -1 downwards; what is not
 * there comes last in either. */
export function sorted(rows, i, order) {
  return rows.map((row, at) => ({ row, at })).sort((a, b) => {
    const x = a.row[i];
    const y = b.row[i];
    if (x === null || y === null) return (x === null) - (y === null) || a.at - b.at;
    return order * compare(x, y) || a.at - b.at;
  }).map(({ row }) => row);
}

function compare(x, y) {
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  return words.compare(String(x), String(y));
}

/** csv writes a table as RFC 4180 has it, with the mark that spreadsheets need to
 * read UTF-8. Texts that a spreadsheet would compute are kept from that. */
export function csv({ columns, rows }) {
  const line = (cells) => cells.map(field).join(',');
  return `\ufeff${[columns, ...rows].map(line).join('\r\n')}\r\n`;
}

function field(cell) {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
