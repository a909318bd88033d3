// Where the user writes: text, files, sound.
import { el, icon, bytes, button } from './dom.js';
import { Recorder } from './voice.js';

export class Composer {
  #form;
  #input;
  #send;
  #shelf;
  #page;
  #uploads;
  #files;
  #picker;
  #recorder = new Recorder();
  #mic;
  #recording;
  #entered = false;

  /**
   * page has say(text), sendFiles(), sendVoice(file), addFiles(files), canFiles and
   * toOptions(); shelf keeps the text under the key draft.
   */
  constructor(form, page, uploads, shelf) {
    this.#form = form;
    this.#page = page;
    this.#uploads = uploads;
    this.#shelf = shelf;
    this.#build();
    this.#input.value = shelf.get(this.#key) ?? '';
    this.#grow();
    uploads.changed = () => this.#showFiles();
    this.#drops();
  }

  get #key() { return `draft:${this.#page.bot}`; }

  focus() { this.#input.focus(); }

  /** allow shows what the host takes. */
  allow() {
    this.#form.querySelector('.attach').hidden = !this.#page.canFiles;
    this.#mic.hidden = !this.#page.canFiles || !Recorder.possible;
  }

  #build() {
    this.#input = el('textarea', {
      id: 'input', rows: 1, placeholder: 'Write a message', 'aria-label': 'Message',
      enterkeyhint: 'send', autocomplete: 'off', 'aria-describedby': 'hint',
      oninput: () => this.#changed(), onkeydown: (e) => this.#key_(e), onpaste: (e) => this.#paste(e),
      onbeforeinput: (e) => { if (this.#entered && e.inputType === 'insertLineBreak') e.preventDefault(); },
      onkeyup: () => { this.#entered = false; },
    });
    this.#files = el('ul', { class: 'uploads', 'aria-label': 'Files to send', hidden: true });
    this.#picker = el('input', {
      type: 'file', multiple: true, hidden: true, id: 'picker', 'aria-label': 'Files',
      onchange: () => {
        this.#page.addFiles([...this.#picker.files]);
        this.#picker.value = '';
      },
    });
    this.#mic = button('microphone', 'Record a voice message', () => this.#record(),
      { class: 'plain mic', hidden: true });
    this.#send = button('send', 'Send', null, { type: 'submit', class: 'plain send' });
    this.#recording = el('div', { class: 'recording', hidden: true });
    this.#form.append(this.#files, this.#recording, el('div', { class: 'field' },
      button('attach', 'Attach files', () => this.#picker.click(), { class: 'plain attach', hidden: true }),
      this.#picker, this.#input, this.#mic, this.#send),
    el('p', { id: 'hint', class: 'sr' }, 'Enter sends, Shift and Enter begins a new line, ' +
      'arrow up goes to the answers to choose from.'));
    this.#form.addEventListener('submit', (e) => {
      e.preventDefault();
      this.#submit();
    });
  }

  #submit() {
    if (this.#uploads.busy) return;
    const text = this.#input.value.trim();
    if (!text && !this.#uploads.ready.length) return;
    if (this.#uploads.ready.length) this.#page.sendFiles();
    if (text && !this.#page.say(text)) {
      this.#note('This message is too long to send.');
    } else if (text) {
      this.#input.value = '';
      this.#changed();
    }
    this.#input.focus();
  }

  #key_(e) {
    if (e.isComposing) return;
    if (e.key === 'Enter' && !e.shiftKey && !e.ctrlKey && !e.altKey) {
      e.preventDefault();
      // Some programs that type for their users send the line's end all the same.
      this.#entered = true;
      this.#submit();
    } else if (e.key === 'ArrowUp' && !this.#input.value && this.#page.toOptions()) {
      e.preventDefault();
    }
  }

  #changed() {
    this.#shelf.set(this.#key, this.#input.value || null);
    this.#grow();
  }

  /** grow makes the field as high as its text, within bounds. */
  #grow() {
    this.#input.style.height = 'auto';
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, 180)}px`;
    this.#ready();
  }

  #ready() {
    const some = this.#input.value.trim() || this.#uploads.ready.length;
    this.#send.setAttribute('aria-disabled', String(!some || this.#uploads.busy));
  }

  #paste(e) {
    const files = [...e.clipboardData.files];
    if (!files.length || !this.#page.canFiles) return;
    e.preventDefault();
    this.#page.addFiles(files);
  }

  /** drops takes files that are dropped anywhere in the page. */
  #drops() {
    const holds = (e) => this.#page.canFiles && e.dataTransfer?.types.includes('Files');
    addEventListener('dragover', (e) => {
      if (!holds(e)) return;
      e.preventDefault();
      document.body.classList.add('dropping');
    });
    addEventListener('dragleave', (e) => {
      if (!e.relatedTarget) document.body.classList.remove('dropping');
    });
    addEventListener('drop', (e) => {
      document.body.classList.remove('dropping');
      if (!holds(e)) return;
      e.preventDefault();
      this.#page.addFiles([...e.dataTransfer.files]);
    });
  }

  #showFiles() {
    const list = this.#uploads.list;
    this.#files.hidden = !list.length;
    this.#files.replaceChildren(...list.map((u) => this.#file(u)));
    this.#ready();
  }

  #file(u) {
    const name = u.file.name || 'File';
    const percent = Math.round(u.done * 100);
    return el('li', { class: `upload ${u.state}` }, icon('file'), el('div', { class: 'about' },
      el('span', { class: 'name' }, name),
      el('span', { class: 'fine', role: u.error ? 'alert' : null }, u.error || bytes(u.file.size)),
      u.state === 'sending' || u.state === 'asking' ?
        el('progress', { max: 100, value: percent, 'aria-label': `${name} on its way` }) : null),
    u.state === 'failed' && u.file.size ? button('retry', `Try ${name} again`, () => this.#uploads.again(u)) : null,
    button('close', u.state === 'ready' ? `Remove ${name}` : `Cancel ${name}`, () => {
      this.#uploads.cancel(u);
      this.#input.focus();
    }));
  }

  async #record() {
    if (this.#recorder.running) {
      this.#recorder.stop();
      return;
    }
    const time = el('span', { class: 'time', role: 'timer' }, '0:00');
    const level = el('meter', { min: 0, max: 1, value: 0, 'aria-label': 'How loud it is' });
    this.#recorder.level = (loud, ran) => {
      level.value = loud;
      time.textContent = `${Math.floor(ran / 60_000)}:${String(Math.floor(ran / 1000) % 60).padStart(2, '0')}`;
    };
    this.#recorder.ended = (file) => {
      this.#recording.hidden = true;
      this.#input.focus();
      if (file) this.#page.sendVoice(file);
    };
    try {
      await this.#recorder.start();
    } catch {
      this.#note('The microphone cannot be used. Allow it in the settings of your browser.');
      return;
    }
    const finish = el('button', {
      type: 'button', class: 'choice', onclick: () => this.#recorder.stop(),
    }, icon('send'), 'Send');
    this.#recording.replaceChildren(el('span', { class: 'dot' }),
      el('span', { role: 'status' }, 'Recording'), time, level,
      button('trash', 'Give up the recording', () => this.#recorder.stop(false)), finish);
    this.#recording.hidden = false;
    finish.focus();
  }

  #note(text) {
    this.#recording.replaceChildren(el('span', { role: 'alert' }, text), button('close', 'Close', () => {
      this.#recording.hidden = true;
      this.#input.focus();
    }));
    this.#recording.hidden = false;
  }
}
