// Tests of what goes on between the page and the host, with sockets that a test plays.
import { equal, test } from './harness.js';
import { Chat } from '/ui/chat.js';
import { Connection } from '/ui/connection.js';
import { Log } from '/ui/log.js';
import { Recorder } from '/ui/voice.js';

/** sockets plays the host while run runs: it is handed the sockets that are opened. */
async function sockets(run) {
  const all = [];
  const real = globalThis.WebSocket;
  globalThis.WebSocket = class extends EventTarget {
    sent = [];
    constructor() {
      super();
      all.push(this);
    }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() {}
    open() { this.dispatchEvent(new Event('open')); }
    say(frame) { this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) })); }
    end(code) { this.dispatchEvent(new CloseEvent('close', { code })); }
    types() { return this.sent.map((frame) => frame.type); }
  };
  try {
    await run(all);
  } finally {
    globalThis.WebSocket = real;
  }
}

/** converse begins a conversation in a session that the device knows. */
function converse(all, bot, limits = {}) {
  const known = { session: 'one', resume: 'r', epoch: 1, seq: 0 };
  localStorage.setItem(`bothost:session:${bot}`, JSON.stringify(known));
  const view = new Proxy({}, { get: () => () => {} });
  const chat = new Chat(bot, document.createElement('div'), view);
  chat.start();
  all[0].open();
  all[0].say({ type: 'welcome', ...known, resumed: true, limits });
  return chat;
}

test('a connection that the host ended for good stays ended', () => sockets((all) => {
  const states = [];
  const c = new Connection('ws://x', { state: (name) => states.push(name), hello: () => ({}) });
  c.start();
  all[0].end(1006);
  c.start(); // while it would have come back later
  all[1].end(4504);
  dispatchEvent(new Event('online'));
  equal(states, ['connecting', 'waiting', 'connecting', 'stopped']);
  equal(all.length, 2, 'sockets');
}));

test('what was said to a session that is gone is not said in the one of another tab', () => sockets((all) => {
  const chat = converse(all, 'gone');
  chat.say('for the old one');
  all[0].end(1006);
  const known = { session: 'two', resume: 's', epoch: 1, seq: 0 };
  localStorage.setItem('bothost:session:gone', JSON.stringify(known));
  dispatchEvent(new StorageEvent('storage', { key: 'bothost:session:gone', storageArea: localStorage }));
  all[1].open();
  all[1].say({ type: 'welcome', ...known, resumed: true });
  equal(all[1].sent[0].session, 'two');
  equal(all[1].types(), ['hello']);
}));

test('each of two recordings is sent', () => sockets(async (all) => {
  const real = globalThis.XMLHttpRequest;
  const requests = [];
  globalThis.XMLHttpRequest = class extends EventTarget {
    upload = new EventTarget();
    open() {}
    setRequestHeader() {}
    send() { requests.push(this); }
    abort() {}
  };
  try {
    const chat = converse(all, 'voices', { file_bytes: 100, event_file_bytes: 100 });
    for (const name of ['a', 'b']) chat.sendVoice(new File([name], `${name}.webm`, { type: 'audio/webm' }));
    for (const { id } of all[0].sent.filter((f) => f.type === 'upload')) {
      all[0].say({ type: 'upload', id, token: 't', url: '/u' });
    }
    requests.forEach((r, i) => {
      r.status = 201;
      r.response = { file: `f${i}`, name: 'x', type: 'audio/webm', size: 1 };
      r.dispatchEvent(new Event('load'));
    });
    equal(all[0].sent.filter((f) => f.type === 'voice').map((f) => f.file), ['f0', 'f1']);
    equal(chat.uploads.list.length, 0, 'files that wait');
  } finally {
    globalThis.XMLHttpRequest = real;
  }
}));

test('what a form said is shown if it was refused', () => {
  const log = new Log();
  log.clear(1, 0);
  const frame = { type: 'event', id: 'a', name: 'gui', data: { label: 'Order' } };
  equal(log.items([{ frame, time: 1 }]), []);
  const shown = log.items([{ frame, time: 1, error: 'No.' }, { frame: { type: 'reset', id: 'b' }, time: 1, error: 'No.' }]);
  equal(shown.map((i) => [i.id, i.body, i.error]), [['a', 'Order', 'No.'], ['b', 'Begin anew', 'No.']]);
});

test('a microphone that was asked for twice is off in the end', async () => {
  const streams = [];
  const media = navigator.mediaDevices;
  const real = media.getUserMedia.bind(media);
  media.getUserMedia = async (wants) => {
    const stream = await real(wants);
    streams.push(stream);
    return stream;
  };
  try {
    const recorder = new Recorder();
    const ended = new Promise((resolve) => { recorder.ended = resolve; });
    await Promise.all([recorder.start(), recorder.start()]);
    recorder.stop(false);
    await ended;
    const states = streams.flatMap((s) => s.getTracks()).map((t) => t.readyState);
    equal([...new Set(states)], ['ended']);
  } finally {
    delete media.getUserMedia;
  }
});
