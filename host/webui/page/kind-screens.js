// Screens of BESSER: forms, and what stands around them. What happens on one goes
// to the bot as the event "gui". Elements that we do not know are shown by their
// words and what is in them.
import { el } from './dom.js';
import { link, safeLink } from './markup.js';
import { table } from './kind-table.js';
import { chart } from './kind-chart.js';

export function screens(item, page) {
  const all = item.body.modules.flatMap((m) => m.screens ?? []);
  const first = Math.max(0, all.findIndex((s) => s.is_main_page));
  const view = el('div', { class: 'screen' });
  const context = { page, messageId: String(item.seq), go: (name) => go(name) };
  const tabs = all.length > 1 ? all.map((s, i) => el('button', {
    type: 'button', class: 'quiet', onclick: () => show(i),
  }, s.name)) : [];

  function show(i) {
    view.replaceChildren(...elements(all[i].view_elements, context));
    tabs.forEach((t, at) => t.setAttribute('aria-pressed', String(at === i)));
  }
  function go(name) {
    const i = all.findIndex((s) => s.name === name || s.route_path === name);
    if (i >= 0) show(i);
    return i >= 0;
  }

  show(first);
  return el('section', { class: 'screens', 'aria-label': item.body.name || 'Form' },
    el('p', { class: 'fine' }, item.body.name ?? ''),
    tabs.length ? el('div', { class: 'tabs' }, tabs) : null, view);
}

/** firstScreen names what is shown first. */
export function firstScreen(body) { return body.name ?? body.modules[0]?.screens[0]?.name ?? ''; }

function elements(list, context) {
  return (Array.isArray(list) ? list : []).map((e) => make(e, context)).filter(Boolean);
}

function make(e, context) {
  if (!e || typeof e !== 'object') return null;
  try {
    return (makers[e.type] ?? container)(e, context);
  } catch {
    return el('p', {}, label(e)); // of another shape than we know
  }
}

/** first returns the first of the fields that is a text or number. */
function first(e, ...names) {
  for (const name of names) {
    if (typeof e[name] === 'string' || typeof e[name] === 'number') return String(e[name]);
  }
  return '';
}

const label = (e) => first(e, 'label', 'title', 'text', 'content', 'name');
const inside = (e) => e.view_elements ?? e.elements ?? e.children ?? e.items ?? e.input_fields ?? e.inputFields;

/** tell says what happened on an element. */
function tell(context, e, action, more = {}) {
  context.page.event('gui', {
    elementId: first(e, 'id', 'element_id', 'elementId', 'name'), name: first(e, 'name'), label: label(e),
    ...more, action, messageId: context.messageId,
  });
}

const makers = {
  Text: (e) => el('p', {}, first(e, 'content', 'text', 'label', 'name')),
  Link(e) {
    const address = first(e, 'url', 'href', 'target');
    return safeLink(address) ? link(el('a', { href: address }, label(e))) : el('p', {}, label(e));
  },
  Image(e) {
    const source = first(e, 'source', 'src', 'url');
    const here = /^data:image\/(png|jpeg|gif|webp);base64,/i.test(source);
    if (here) return el('img', { src: source, alt: first(e, 'alt', 'description', 'label', 'name') });
    return safeLink(source) ? link(el('a', { href: source }, label(e) || source)) : el('p', {}, label(e));
  },
  Button: (e, context) => el('button', {
    type: 'button', class: 'choice', onclick: () => {
      context.go(first(e, 'target_screen', 'targetScreen', 'target'));
      tell(context, e, 'onClick', { actionType: first(e, 'actionType', 'action_type') });
    },
  }, label(e)),
  InputField: (e, context) => field(e, context, (value) => tell(context, e, 'onChange', {
    fieldType: type(e), value,
  })),
  Form: form,
  Menu: (e, context) => el('nav', { class: 'tabs', 'aria-label': label(e) || 'Menu' },
    (inside(e) ?? []).map((m) => makers.Button(typeof m === 'string' ? { name: m } : m, context))),
  DataList: (e) => el('ul', {}, (e.items ?? e.data ?? e.list_sources ?? []).map((x) => el('li', {},
    typeof x === 'object' ? label(x) || JSON.stringify(x) : String(x)))),
  Table(e, context) {
    const columns = (e.columns ?? []).map((c) => (typeof c === 'string' ? c : label(c)));
    const rows = (e.rows ?? e.data ?? []).map((r) => (Array.isArray(r) ? r : columns.map((c) => r[c] ?? null)));
    return table({ columns, rows }, context.page, label(e));
  },
  MetricCard: (e) => el('div', { class: 'metric' }, el('span', { class: 'fine' }, label(e)),
    el('strong', {}, first(e, 'value', 'metric', 'content'))),
  Alert: (e) => el('p', { class: 'alert', role: 'note' }, first(e, 'message', 'content', 'text', 'label', 'name')),
  LineChart: (e, c) => drawn('scatter', e, c),
  BarChart: (e, c) => drawn('bar', e, c),
  PieChart: (e, c) => drawn('pie', e, c),
  AgentComponent: () => null, // it is this chat
};

/** drawn shows a chart of a screen: rows of a name and a value. */
function drawn(type, e, context) {
  const rows = (e.data ?? e.series ?? []).filter((r) => r && typeof r === 'object');
  const names = rows.map((r, i) => first(r, 'label', 'name', 'x', 'category') || String(i + 1));
  const values = rows.map((r) => Number(r.value ?? r.y ?? 0));
  const trace = type === 'pie' ? { type, labels: names, values } : { type, x: names, y: values };
  return chart({ body: { data: [trace], layout: { title: { text: label(e) } } } }, context.page);
}

function container(e, context) {
  const within = elements(inside(e), context);
  const words = first(e, 'content', 'text', 'label', 'title');
  if (!within.length && !words) return null;
  return el('div', { class: 'group' }, words ? el('p', {}, words) : null, within);
}

const type = (e) => first(e, 'field_type', 'fieldType', 'input_type').toLowerCase();

/** inputs are the types of fields that browsers know under other names. */
const inputs = {
  number: 'number', email: 'email', password: 'password', date: 'date', time: 'time', tel: 'tel', phone: 'tel',
  url: 'url', color: 'color', range: 'range', checkbox: 'checkbox', boolean: 'checkbox', slider: 'range',
};

let numbered = 0;

/** field makes a labelled field; changed is told its value, if it is there. */
function field(e, context, changed) {
  const id = `field${++numbered}`;
  const options = e.options ?? e.values;
  const props = {
    id, name: first(e, 'name', 'id'), required: e.required === true || e.is_required === true,
    onchange: changed ? () => changed(valueOf(input)) : null,
  };
  if (!changed) delete props.onchange;
  let input;
  if (Array.isArray(options)) {
    input = el('select', props, options.map((o) => (typeof o === 'object' ?
      el('option', { value: first(o, 'value', 'name', 'label') }, label(o)) : el('option', {}, String(o)))));
  } else if (type(e) === 'textarea') {
    input = el('textarea', { ...props, rows: 3 });
  } else {
    const placeholder = first(e, 'placeholder') || null;
    input = el('input', { ...props, type: inputs[type(e)] ?? 'text', placeholder });
  }
  const value = first(e, 'value', 'default_value', 'default');
  if (value && input.type !== 'checkbox') input.value = value;
  if (input.type === 'checkbox') input.checked = e.value === true || value === 'true';
  return el('div', { class: `field ${input.type}` }, el('label', { for: id }, label(e) || 'Field'), input);
}

function valueOf(input) {
  if (input.type === 'checkbox') return input.checked;
  if (input.type === 'number' || input.type === 'range') return input.value === '' ? null : Number(input.value);
  return input.value;
}

/** form sends all of its fields at once. */
function form(e, context) {
  const isField = (f) => !f.type || f.type === 'InputField';
  const fields = (inside(e) ?? []).map((f) => (isField(f) ? field(f, context) : make(f, context)));
  const note = el('p', { class: 'fine', role: 'status' });
  const node = el('form', { class: 'form', 'aria-label': label(e) || 'Form' }, fields, el('div', { class: 'tabs' },
    el('button', { type: 'submit', class: 'choice' }, first(e, 'submit_label', 'submitLabel') || 'Send')), note);
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    const value = {};
    for (const input of node.querySelectorAll('input, select, textarea')) value[input.name] = valueOf(input);
    tell(context, e, 'onSubmit', { value });
    note.textContent = 'Sent.';
  });
  return node;
}
