import { equal, runAll, test } from './harness.js';
import { backoff } from '/ui/backoff.js';
import { bytes, newID } from '/ui/dom.js';
import { csv, sorted } from '/ui/kind-table.js';
import { points, chartTitle } from '/ui/kind-chart.js';
import { degrees } from '/ui/kind-place.js';
import { say } from '/ui/kinds.js';
import { Log } from '/ui/log.js';
import { drawing, linked, markup, safeLink } from '/ui/markup.js';
import { Offsets } from '/ui/offsets.js';
import { Outbox } from '/ui/outbox.js';
import { Uploads } from '/ui/uploads.js';
import { List } from '/ui/list.js';
import './talk.js';

const html = (fragment) => {
  const box = document.createElement('div');
  box.append(fragment);
  return box;
};

test('backoff doubles, is spread, and has an end', () => {
  equal([0, 1, 2, 3].map((n) => backoff(n, 0, () => 1)), [400, 800, 1600, 3200]);
  equal([0, 1, 2, 3].map((n) => backoff(n, 0, () => 0)), [200, 400, 800, 1600]);
  equal(backoff(1000, 0, () => 1), 15000);
  equal(backoff(0, 5000, () => 0), 5000, 'what the host asks for');
});

test('ids are different, and such as hosts take', () => {
  const ids = new Set(Array.from({ length: 1000 }, newID));
  equal(ids.size, 1000);
  for (const id of ids) if (!/^[\w-]{20}$/.test(id)) throw new Error(id);
});

test('sizes are for people', () => {
  equal([0, 999, 1000, 1234, 9949, 9950, 999499, 999500, 16 << 20].map(bytes),
    ['0 B', '999 B', '1.0 kB', '1.2 kB', '9.9 kB', '10 kB', '999 kB', '1.0 MB', '17 MB']);
});

test('rows are sorted by number, by word, and what is not there comes last', () => {
  const rows = [[2, 'b10'], [null, 'B9'], [-1, null], [10, 'a']];
  equal(sorted(rows, 0, 1).map((r) => r[0]), [-1, 2, 10, null]);
  equal(sorted(rows, 0, -1).map((r) => r[0]), [10, 2, -1, null]);
  equal(sorted(rows, 1, 1).map((r) => r[1]), ['a', 'B9', 'b10', null]);
  equal(rows.map((r) => r[0]), [2, null, -1, 10], 'the rows themselves');
});

test('CSV is as RFC 4180 has it, and computes nothing', () => {
  equal(csv({ columns: ['a', 'b"c'], rows: [['x,y', 'two\nlines'], [null, true], ['=1+1', -2], ['', '@x']] }),
    '\ufeffa,"b""c"\r\n"x,y","two\nlines"\r\n,true\r\n\'=1+1,-2\r\n,\'@x\r\n');
});

test('a figure is a table of its points', () => {
  equal(points({ data: [{ type: 'bar', x: ['a'], y: [1, 2] }, { name: 'n', labels: ['p'], values: [3] }] }), {
    columns: ['trace', 'labels', 'x', 'y', 'values'],
    rows: [['bar 1', null, 'a', 1, null], ['bar 1', null, null, 2, null], ['n', 'p', null, null, 3]],
  });
  equal(chartTitle({ data: [], layout: { title: { text: '<b>Visitors</b>' } } }), 'Visitors');
  equal(chartTitle({ data: [{ name: '2025' }, { type: 'bar' }] }), '2025');
  equal(chartTitle({ data: [{ type: 'bar' }] }), 'bar');
});

test('angles are as on maps', () => {
  equal([degrees(47.0707, 'N', 'S'), degrees(-5.5, 'E', 'W'), degrees(0, 'N', 'S')], ['47.0707° N', '5.5° W', '0.0° N']);
});

test('links lead to where links may lead', () => {
  const yes = ['https://a.example', 'HTTP://a.example/', 'mailto:a@b.example', 'tel:+431'];
  const no = ['javascript:x', ' javascript:x', 'java\nscript:x', 'data:text/html,x', 'vbscript:x', 'file:///x', 'blob:x', '/x', 'x', '', null];
  equal(yes.filter(safeLink), yes);
  equal(no.filter(safeLink), []);
});

test('addresses in texts become links, without the full stop', () => {
  const box = html(document.createDocumentFragment());
  box.append(...linked('See https://a.example/x?y=(z), or http://b.example. And javascript:x'));
  equal([...box.querySelectorAll('a')].map((a) => a.textContent), ['https://a.example/x?y=(z', 'http://b.example']);
  equal(box.textContent, 'See https://a.example/x?y=(z), or http://b.example. And javascript:x');
  for (const a of box.querySelectorAll('a')) equal([a.target, a.rel], ['_blank', 'noopener noreferrer nofollow']);
});

test('markup keeps what is on the list, and its words', () => {
  const box = html(markup('<h1>T</h1><p onclick="x()" style="x" id="y">a <b>b</b><script>s()</script></p>' +
    '<a href="https://a.example" onmouseover=x>l</a><a href="javascript:x">m</a><iframe src="x">f</iframe>' +
    '<img src="https://a.example/x.png"><img src="data:image/png;base64,QUJD" onerror="x()"><form action="x"><input></form>' +
    '<td colspan="2" align="right" class="x">c</td><code class="language-go evil">d</code><svg onload="x()"><text>t</text></svg>'));
  const all = [...box.querySelectorAll('*')];
  equal(all.map((e) => e.localName), ['h3', 'p', 'b', 'a', 'a', 'img', 'code']);
  const attributes = all.flatMap((e) => [...e.attributes].map((a) => a.name));
  equal(attributes.filter((a) => a.startsWith('on') || a === 'style' || a === 'id'), []);
  equal([...box.querySelectorAll('a')].map((a) => a.getAttribute('href')), ['https://a.example', null]);
  equal(box.querySelector('code').className, '');
});

test('markup of a table is one', () => {
  const box = html(markup('<table><thead><tr><th align="right">h</th></tr></thead><tbody><tr><td colspan="2">c</td></tr></tbody></table>'));
  equal([box.querySelector('th').className, box.querySelector('td').getAttribute('colspan')], ['right', '2']);
});

test('markup is not deeper than elements may be', () => {
  const box = html(markup('<div>'.repeat(5000) + 'x'));
  if (box.querySelectorAll('div').length > 300) throw new Error('too deep');
});

test('drawings are of shapes and words', () => {
  const svg = drawing('<svg viewBox="0 0 9 9" onload="x()"><style>*{}</style><script>x()</script><g class="state"><title>t</title>' +
    '<rect x="1" href="javascript:x" onclick="x()"/><text>&lt;b&gt;</text><image href="x"/><foreignObject><p>p</p></foreignObject></g></svg>');
  equal([...svg.querySelectorAll('*')].map((e) => e.localName), ['g', 'title', 'rect', 'text']);
  equal([...svg.querySelector('rect').attributes].map((a) => a.name), ['x']);
  equal(svg.getAttribute('viewBox'), '0 0 9 9');
  equal(drawing('no drawing'), null);
});

const e = (seq, from, kind, body, more) => ({ seq, from, kind, body, time: seq * 1000, turn: seq, ...more });

test('a log keeps entries in order, once', () => {
  const log = new Log();
  log.clear(1, 0);
  equal([3, 1, 2, 3].map((seq) => log.add(e(seq, 'bot', 'text', `t${seq}`))), [true, true, true, false]);
  equal([log.first, log.seq, log.size], [1, 3, 3]);
  equal(log.items().map((i) => i.body), ['t1', 't2', 't3']);
  log.clear(2, 0);
  equal(log.items(), []);
});

test('older entries do not move the log on', () => {
  const log = new Log();
  log.clear(1, 10);
  log.add(e(5, 'bot', 'text', 'old', { history: true }));
  equal([log.first, log.seq], [5, 10]);
});

test('a stream ends with its entry, or is withdrawn', () => {
  const log = new Log();
  log.clear(1, 0);
  log.delta(7, 'a');
  log.delta(7, 'b');
  equal(log.items().map((i) => [i.kind, i.body]), [['stream', 'ab']]);
  log.add(e(1, 'user', 'text', 'q', { turn: 7 }));
  equal(log.items().length, 2, 'items with the question');
  log.add(e(2, 'bot', 'text', 'abc', { turn: 7 }));
  equal(log.items().map((i) => i.kind), ['text', 'text']);
  log.delta(8, 'x');
  log.delta(8, 'y', 1);
  log.delta(8, 'z', 1);
  equal(log.items().slice(2).map((i) => i.body), ['x', 'yz'], 'replies of one turn');
  equal([log.withdraw(8), log.withdraw(8)], [true, false]);
  log.delta(9, 'x');
  log.interrupt();
  equal(log.items().length, 2);
});

test('options are open until others come, and know what was chosen', () => {
  const log = new Log();
  log.clear(1, 0);
  const options = [{ label: 'Yes', value: 'y' }, { label: 'No', value: 'n' }];
  log.add(e(1, 'bot', 'options', options));
  equal(log.items()[0].open, true);
  const waiting = [{ frame: { type: 'option', id: 'a', value: 'n' }, time: 5, label: 'No' }];
  const seen = (items) => items.map((i) => [i.open ?? null, i.chosen ?? null, i.label ?? null]);
  equal(seen(log.items(waiting)), [[true, 'n', null], [null, null, 'No']]);
  log.add(e(2, 'user', 'option', 'y'));
  equal(seen(log.items()), [[true, 'y', null], [null, null, 'Yes']]);
  log.add(e(3, 'bot', 'options', options));
  equal(seen(log.items()), [[false, 'y', null], [null, null, 'Yes'], [true, null, null]]);
});

test('steps are one trace, tasks and screens are shown in their place', () => {
  const log = new Log();
  log.clear(1, 0);
  const steps = ['reasoning_started', 'llm_text', 'reasoning_finished', 'reasoning_started'];
  steps.forEach((kind, i) => log.add(e(i + 1, 'bot', 'reasoning', { kind, step: i, summary: '', details: {} })));
  equal(log.items().map((i) => i.steps.length), [3, 1]);
  log.add(e(5, 'bot', 'tasks', [1]));
  log.add(e(6, 'bot', 'text', 'x'));
  log.add(e(7, 'bot', 'tasks', [2]));
  equal(log.items().slice(2).map((i) => i.body), [[2], 'x']);
  log.add(e(8, 'user', 'text', 'y'));
  log.add(e(9, 'bot', 'tasks', [3]));
  equal(log.items().slice(2).map((i) => i.body), [[2], 'x', 'y', [3]], 'after the user spoke');
  log.add(e(10, 'bot', 'gui', 'g'));
  log.add(e(11, 'bot', 'gui_update', 'h'));
  equal(log.items().at(-1).body, 'h');
});

test('items keep their keys, and change their version when they change', () => {
  const log = new Log();
  log.clear(4, 0);
  log.add(e(1, 'bot', 'tasks', [1]));
  const [before] = log.items();
  log.add(e(2, 'bot', 'tasks', [2]));
  const [after] = log.items();
  equal([before.key, after.key, before.version === after.version], ['e:4:1', 'e:4:1', false]);
});

test('offsets are sums of heights, known or guessed', () => {
  const o = new Offsets((i) => 10 + i);
  o.set(['a', 'b', 'c']);
  equal([o.top(0), o.top(1), o.top(2), o.total], [0, 10, 21, 33]);
  equal([o.measured(0, 50), o.measured(0, 50.2), o.measured(0, 51)], [true, false, true]);
  equal([o.top(1), o.total], [51, 74]);
  o.set(['z', 'a', 'b', 'c']);
  equal([o.top(1), o.top(2)], [10, 61], 'after a row before them');
  equal([o.at(-5), o.at(0), o.at(9.9), o.at(10), o.at(60.9), o.at(61), o.at(1e9)], [0, 0, 0, 1, 1, 2, 3]);
  o.forget();
  equal(o.top(2), 21);
});

test('offsets of nothing', () => {
  const o = new Offsets(() => 10);
  equal([o.total, o.at(5)], [0, 0]);
});

function shelf() {
  const kept = new Map();
  return { get: (k) => structuredClone(kept.get(k) ?? null), set: (k, v) => kept.set(k, structuredClone(v)), kept };
}

test('an outbox sends again what was not taken, in order, also after the page went', () => {
  const sent = [];
  const s = shelf();
  const box = new Outbox(s, 'k', (f) => sent.push(f.id));
  for (const id of ['a', 'b', 'c']) box.put({ type: 'message', id, text: id });
  equal(box.taken('b').frame.id, 'b');
  equal(box.taken('b'), null);
  const later = new Outbox(s, 'k', (f) => sent.push(f.id));
  later.flush();
  equal(sent, ['a', 'b', 'c', 'a', 'c']);
  later.rejected({ id: 'a', error: 'No.' });
  later.flush();
  equal(sent, ['a', 'b', 'c', 'a', 'c', 'c'], 'sent after a refusal');
  equal(later.rejected({ id: 'x', error: 'No.' }), false);
});

test('an outbox keeps what was said to a session that is gone', () => {
  const box = new Outbox(shelf(), 'k', () => true);
  box.put({ type: 'message', id: 'a', text: 'x' });
  box.put({ type: 'event', id: 'b', name: 'gui' });
  box.fail('Gone.');
  equal(box.messages.map((m) => [m.frame.id, m.error]), [['a', 'Gone.']]);
});

test('an outbox lets nothing overtake what was told to wait', async () => {
  const sent = [];
  const box = new Outbox(shelf(), 'k', (f) => sent.push(f.id));
  box.put({ id: 'a' });
  box.rejected({ id: 'a', retry_ms: 20 });
  box.put({ id: 'b' });
  equal(sent, ['a']);
  while (sent.length < 3) await new Promise((r) => setTimeout(r, 5));
  equal(sent, ['a', 'a', 'b']);
});

test('uploads refuse what the host would', () => {
  const asked = [];
  const u = new Uploads((f) => asked.push(f.type));
  const limits = { file_bytes: 10, event_file_bytes: 15 };
  const file = (n) => new File([new Uint8Array(n)], 'f');
  equal([0, 11, 10, 10].map((n) => u.add(file(n), limits).error.length > 0), [true, true, false, true]);
  equal(new Uploads(() => {}).add(file(1), {}).error.length > 0, true, 'where no files are taken');
  equal(asked, ['upload']);
  equal([u.busy, u.ready.length], [true, 0]);
  equal(u.frame({ type: 'rejected', id: u.list[2].id, error: 'No.' }), true);
  equal([u.busy, u.list[2].error], [false, 'No.']);
});

test('a list holds rows in sight only, and keeps the reader where they are', async () => {
  const box = document.createElement('div');
  box.style.cssText = 'height: 400px; overflow-y: auto; overflow-anchor: none';
  document.body.append(box);
  const made = (item) => {
    const row = document.createElement('div');
    row.className = 'r';
    row.style.height = `${item.h}px`;
    row.textContent = item.key;
    return row;
  };
  const list = new List(box, made, () => 40);
  const items = (from, to) => Array.from({ length: to - from }, (_, i) => ({ key: `k${from + i}`, version: '', h: 30 + ((from + i) % 5) * 20 }));
  list.set(items(1000, 2000));
  equal(box.querySelectorAll('.r').length < 80, true, 'few rows');
  equal(box.lastElementChild.previousElementSibling.textContent, 'k1999', 'the last row');
  equal(list.atEnd, true);
  box.scrollTop = 20000;
  await new Promise((r) => setTimeout(r, 100));
  const at = () => [...box.querySelectorAll('.r')].find((r) => r.getBoundingClientRect().bottom > box.getBoundingClientRect().top + 1);
  const [row, top] = [at().textContent, at().getBoundingClientRect().top];
  list.set(items(500, 2000));
  equal(at().textContent, row, 'the row after older ones came');
  equal(Math.abs(at().getBoundingClientRect().top - top) < 1.5, true, 'its place');
  list.set(items(500, 2001));
  equal(at().textContent, row, 'the row after a newer one came');
  equal([list.atEnd, list.goTo({ key: 'none', offset: 0 }), list.goTo({ key: 'k700', offset: 0 })], [false, false, true]);
  equal(at().textContent, 'k700');
  list.toEnd();
  equal(box.lastElementChild.previousElementSibling.textContent, 'k2000');
  box.remove();
});

test('a row that is shown anew stays open, and keeps the focus', () => {
  const box = document.createElement('div');
  box.style.cssText = 'height: 400px; overflow-y: auto';
  box.tabIndex = 0;
  document.body.append(box);
  const list = new List(box, (item) => {
    const row = document.createElement('div');
    for (let i = 0; i < item.parts; i++) {
      const details = document.createElement('details');
      details.append(document.createElement('summary'), `${item.version}`);
      row.append(details);
    }
    return row;
  }, () => 40);
  list.set([{ key: 'a', version: '1', parts: 2 }]);
  const open = () => [...box.querySelectorAll('details')].map((d) => d.open);
  box.querySelectorAll('details')[1].open = true;
  box.querySelectorAll('summary')[1].focus();
  list.set([{ key: 'a', version: '2', parts: 3 }]);
  equal([open(), box.textContent], [[false, true, false], '222']);
  equal(document.activeElement === box.querySelectorAll('summary')[1], true, 'the focus is where it was');
  list.set([{ key: 'a', version: '3', parts: 1 }]);
  equal(document.activeElement === box, true, 'the focus of what is gone is on the list');
  box.remove();
});

test('what is read aloud has an end', () => {
  equal(say({ kind: 'text', body: 'x'.repeat(600) }).length, 502);
  equal(say({ kind: 'options', body: [{ label: 'Yes' }, { label: 'No' }] }), 'Choose: Yes, No');
  equal(say({ kind: 'location', body: null }), '');
  equal(say({ kind: 'hologram', body: 'Graz' }), 'Graz');
});

globalThis.results = runAll();
