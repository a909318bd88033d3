// What handlers are given.

// current is the session of the call that runs, and event what it has read of the
// event. One that was kept from an earlier call is that of a turn that has ended.
let current, event;

function begin() {
  event = undefined;
  return (current = new Session());
}

// here returns a session that may be used.
function here(session) {
  if (session !== current) {
    throw new Error("this session belongs to a handler that has ended; each handler has its own");
  }
}

class File {
  #session; #index;
  constructor(session, index, { name, type, size }) {
    this.#session = session;
    this.#index = index;
    this.name = name;
    this.type = type;
    this.size = size;
  }
  // read returns at most so many bytes from an offset on.
  read(offset, length) {
    here(this.#session);
    number(offset, "read: the offset");
    const data = new Uint8Array(number(length, "read: the length"));
    let at = 0;
    while (at < length) {
      const n = host.fileRead(data.buffer, at, length - at, this.#index, offset + at);
      if (n < 0) throw new Error(`the host has no bytes of the file ${this.name}`);
      if (n === 0) break;
      at += n;
    }
    return at < length ? data.subarray(0, at) : data;
  }
  bytes() { return this.read(0, this.size); }
  text() { return new TextDecoder().decode(this.bytes()); }
}

// A variable is kept as the text that it is, which conditions of transitions compare
// and bots in other languages read, and what is no text as JSON. Texts that read as
// JSON are quoted, so that what was set is what get returns.
function variable(value) {
  if (typeof value !== "string") return json(value, "set: the value");
  return isJSON(value) ? JSON.stringify(value) : value;
}

function isJSON(text) {
  // All JSON begins like this; most texts do not.
  if (!/^[\s]*[-\d"[{tfn]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

class Session {
  // What was said, and by whom.
  get text() { here(this); return host.input(); }
  get event() {
    here(this);
    return (event ??= JSON.parse(host.event()));
  }
  get message() { here(this); return host.eventGet("text") ?? ""; }
  get intent() { return this.event.intent; }
  param(name) { return this.intent?.params?.[string(name, "param: the name")]; }
  get files() { return (this.event.files ?? []).map((f, i) => new File(this, i, f)); }
  get id() { here(this); return host.eventGet("session"); }
  get user() { return this.event.user; }

  // Variables.
  get(key) {
    here(this);
    const text = host.sessionGet(string(key, "get: the key"));
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  set(key, value) {
    here(this);
    host.sessionSet(string(key, "set: the key"), string(variable(value), "set: the value"));
  }
  getText(key) { here(this); return host.sessionGet(string(key, "getText: the key")); }
  setText(key, text) {
    here(this);
    host.sessionSet(string(key, "setText: the key"), string(text, "setText: the text"));
  }
  delete(key) { here(this); host.sessionDelete(string(key, "delete: the key")); }

  // The dialog.
  get state() { here(this); return host.state(); }
  move(state) { here(this); host.move(string(nameOf(state), "move: the state")); }
  goTo(state) { here(this); host.move(string(nameOf(state), "goTo: the state")); }
  goBack() { here(this); host.move("@previous"); }
  history(n = 100) {
    here(this);
    return JSON.parse(host.history(number(n, "history: the number")));
  }

  // Replies.
  reply(text) { here(this); host.reply(words(text, "reply: the text")); }
  replyAs(kind, body) {
    here(this);
    host.replyAs(string(kind, "replyAs: the kind"),
      typeof body === "string" ? string(body) : json(body, "replyAs: the body"));
  }
  replyMarkdown(text) { this.replyAs("markdown", string(text, "replyMarkdown: the text")); }
  replyHTML(html) { this.replyAs("html", string(html, "replyHTML: the text")); }
  replyOptions(...options) { here(this); host.replyOptions(json(options.flat(), "replyOptions")); }
  replyTable(columns, rows) { this.replyAs("dataframe", { columns, rows }); }
  replyPlotly(figure) { this.replyAs("plotly", figure); }
  replyLocation(latitude, longitude) { this.replyAs("location", { latitude, longitude }); }
  replyRAG({ question, answer, model = "", docs = [] }) {
    const metadata = ({ content, source, page }) => ({ content, metadata: { source, page } });
    this.replyAs("rag", { llm_name: model, question, answer, docs: docs.map(metadata) });
  }
  replyReasoning({ kind, step, summary, details = {} }) {
    this.replyAs("reasoning", { kind, step, summary, details });
  }
  replyTasks(...tasks) {
    this.replyAs("tasks", tasks.flat().map((task) => ({ status: "pending", ...task })));
  }
  replyGUI(gui) { this.replyAs("gui", gui); }
  updateGUI(gui) { this.replyAs("gui_update", gui); }
  replyDelta(text) { here(this); host.replyDelta(words(text, "replyDelta: the text")); }
  replyEnd() { here(this); host.replyEnd(); }
  replyFile(name, type, data) {
    here(this);
    const view = bytes(data, "replyFile: the data");
    host.replyFile(string(name, "replyFile: the name"), string(type, "replyFile: the type"),
      view.buffer, view.byteOffset, view.length);
  }

  // Later.
  setTimer(name, ms, data = "") {
    here(this);
    host.timerSet(string(name, "setTimer: the name"), string(data, "setTimer: the data"),
      number(ms, "setTimer: the time"));
  }
  cancelTimer(name) { here(this); host.timerCancel(string(name, "cancelTimer: the name")); }
  http(name, { method, url, headers, body, json: value, timeout }) {
    here(this);
    if (value !== undefined) {
      headers = { "content-type": "application/json", ...headers };
      body = json(value, "http: json");
    }
    string(url, "http: the URL");
    const request = { url, method, headers, body, timeout_ms: timeout };
    host.httpStart(string(name, "http: the name"), JSON.stringify(request));
  }

  // The host.
  config(key) { return config(key); }
  now() { return host.now(); }
}

function config(key) { return host.configGet(string(key, "config: the key")); }
