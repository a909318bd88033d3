// Charts are drawn by plotly, in a frame without an origin, which is made when the
// first chart comes. Where the library is not there, does not know a trace, or
// fails, the chart is a table with its figure to download.
import { el, save, icon } from './dom.js';
import { table } from './kind-table.js';

/** The traces of plotly's cartesian bundle. */
const known = new Set(('scatter bar box heatmap histogram histogram2d histogram2dcontour contour ' +
  'image pie scatterternary violin').split(' '));

export function chart(item, page) {
  const figure = item.body;
  if (!Array.isArray(figure.data)) throw new TypeError('no figure');
  const title = chartTitle(figure);
  const instead = () => table(points(figure), page, title, download(figure));
  if (!page.charts || !figure.data.every((t) => known.has(t.type ?? 'scatter'))) return instead();
  const box = el('figure', { class: 'chart' });
  box.append(frame(figure, title, page, () => box.replaceWith(instead())),
    el('figcaption', {}, el('span', { class: 'count' }, drawnTitle(figure) ? '' : title), download(figure)),
    folded(figure, page));
  return box;
}

function download(figure) {
  return el('button', {
    type: 'button', class: 'quiet',
    onclick: () => save(new Blob([JSON.stringify(figure, null, 2)], { type: 'application/json' }), 'chart.json'),
  }, icon('download'), 'JSON');
}

/** frame draws in a frame; failed is called if that does not work. */
function frame(figure, title, page, failed) {
  const node = el('iframe', {
    src: '/ui/chart.html', sandbox: 'allow-scripts', title: `Chart: ${title}`, class: 'plot',
  });
  // The frame has no origin that could be named.
  node.draw = () => node.contentWindow?.postMessage({ draw: figure, colours: page.colours() }, '*');
  node.hear = { ready: node.draw, failed, drawn: () => { node.dataset.drawn = ''; } };
  return node;
}

addEventListener('message', (e) => {
  for (const node of document.querySelectorAll('iframe.plot')) {
    if (e.source === node.contentWindow) node.hear[e.data?.chart]?.();
  }
});

/** redraw draws all charts in the page anew, as in other colours. */
export function redraw() {
  for (const node of document.querySelectorAll('iframe.plot')) node.draw?.();
}

/** drawnTitle is the title that is in the picture, if there is one. */
function drawnTitle({ layout }) {
  const title = layout?.title;
  const text = typeof title === 'string' ? title : title?.text;
  return typeof text === 'string' ? text.replace(/<[^>]*>/g, '') : '';
}

export function chartTitle(figure) {
  const title = drawnTitle(figure);
  if (title) return title;
  const { data } = figure;
  const names = data.map((t) => t.name).filter((n) => typeof n === 'string' && n);
  return names.join(', ') || data.map((t) => t.type ?? 'scatter').join(', ') || 'Chart';
}

/** folded has the numbers of a chart for those who do not see it. */
function folded(figure, page) {
  const box = el('details', { class: 'sources' }, el('summary', {}, 'Show as table'));
  box.addEventListener('toggle', () => {
    if (box.open && box.children.length === 1) box.append(table(points(figure), page));
  });
  return box;
}

const axes = ['labels', 'locations', 'x', 'y', 'z', 'lat', 'lon', 'r', 'theta', 'values', 'text'];

/** points makes a table of the traces that have lists of points. */
export function points({ data }) {
  const used = axes.filter((a) => data.some((t) => Array.isArray(t[a])));
  const rows = [];
  data.forEach((trace, n) => {
    const name = trace.name ?? `${trace.type ?? 'scatter'} ${n + 1}`;
    const length = Math.max(0, ...used.map((a) => (Array.isArray(trace[a]) ? trace[a].length : 0)));
    for (let i = 0; i < length; i++) rows.push([String(name), ...used.map((a) => cell(trace[a]?.[i]))]);
    if (!length) rows.push([String(name), ...used.map(() => null)]);
  });
  return { columns: ['trace', ...used], rows };
}

function cell(value) {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}
