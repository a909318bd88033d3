// The corner widget: <script src="https://bots.example.org/widget.js" data-bot="name"
// defer></script> puts a button into the corner of a page, and the conversation
// above it. The conversation is a frame of the host's own origin: this page reads
// nothing of it. data-bot may be left out where one bot is served; data-title is
// the button's name, data-side left or right.
(() => {
  'use strict';
  const script = document.currentScript;
  const host = new URL(script.src).origin;
  const { bot = '', title = 'Chat', side = 'right' } = script.dataset;
  const page = host + (bot ? `/bots/${encodeURIComponent(bot)}` : '/');

  const style = `
:host { all: initial; position: fixed; bottom: 20px; ${side === 'left' ? 'left' : 'right'}: 20px; z-index: 2147483000 }
button { width: 56px; height: 56px; border: 0; border-radius: 28px; background: #3a55c4; color: #fff;
  cursor: pointer; display: grid; place-items: center; position: relative;
  margin-left: auto; box-shadow: 0 6px 24px rgb(0 0 0 / .25) }
button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #3a55c4 }
button.some::after { content: ""; position: absolute; top: 2px; right: 2px; width: 14px; height: 14px;
  border-radius: 7px; background: #d93a3a; border: 2px solid #fff }
svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  stroke-linejoin: round }
iframe { display: block; width: min(400px, calc(100vw - 40px)); height: min(620px, calc(100vh - 120px));
  border: 0; border-radius: 16px; margin-bottom: 14px; background: #fff; color-scheme: normal;
  box-shadow: 0 12px 48px rgb(0 0 0 / .28) }
iframe[hidden] { display: none }`;

  const root = document.createElement('div');
  const shadow = root.attachShadow({ mode: 'closed' });
  // A sheet of its own, which the policies of pages do not forbid as styles in HTML.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  shadow.adoptedStyleSheets = [sheet];

  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-label', title);
  button.setAttribute('aria-expanded', 'false');
  button.append(symbol());
  shadow.append(button);
  let frame = null;
  let loaded = false;

  /** toggle shows the conversation, which is loaded when it is first asked for. */
  function toggle() {
    if (!frame) {
      frame = document.createElement('iframe');
      frame.title = title;
      frame.allow = 'microphone';
      frame.hidden = true;
      frame.src = page;
      frame.addEventListener('load', () => {
        loaded = true;
        opened();
      });
      shadow.insertBefore(frame, button);
    }
    frame.hidden = !frame.hidden;
    button.setAttribute('aria-expanded', String(!frame.hidden));
    button.classList.remove('some');
    if (frame.hidden) button.focus();
    else opened();
  }

  /** opened tells the conversation that it is seen. */
  function opened() {
    if (loaded && !frame.hidden) frame.contentWindow.postMessage({ bothost: 'opened' }, host);
  }

  function symbol() {
    const make = (name, attributes) => {
      const node = document.createElementNS('http://www.w3.org/2000/svg', name);
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      return node;
    };
    const drawing = make('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' });
    drawing.append(make('path', { d: 'M5 5h14a2 2 0 012 2v8a2 2 0 01-2 2h-7l-5 4v-4H5a2 2 0 01-2-2V7a2 2 0 012-2z' }));
    return drawing;
  }

  button.addEventListener('click', toggle);
  addEventListener('message', (e) => {
    if (!frame || e.source !== frame.contentWindow || e.origin !== host) return;
    if (e.data?.bothost === 'close' && !frame.hidden) toggle();
    if (e.data?.bothost === 'arrived' && frame.hidden) button.classList.add('some');
  });
  const place = () => document.body.append(root);
  if (document.body) place();
  else addEventListener('DOMContentLoaded', place);
})();
