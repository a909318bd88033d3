// The functions of the host as they are imported, and those that need no session.
// Pointers and lengths in bytes; abi/README.md has the rules.

export namespace raw {
  @external("bothost_v1", "input")
  export declare function input(buf: usize, cap: i32): i32;
  @external("bothost_v1", "output")
  export declare function output(ptr: usize, len: i32): void;
  @external("bothost_v1", "fail")
  export declare function fail(ptr: usize, len: i32): void;
  @external("bothost_v1", "log")
  export declare function log(level: i32, ptr: usize, len: i32): void;
  @external("bothost_v1", "event")
  export declare function event(buf: usize, cap: i32): i32;
  @external("bothost_v1", "event_get")
  export declare function event_get(path: usize, pathlen: i32, buf: usize, cap: i32): i32;
  @external("bothost_v1", "reply")
  export declare function reply(ptr: usize, len: i32): void;
  @external("bothost_v1", "reply_options")
  export declare function reply_options(ptr: usize, len: i32): void;
  @external("bothost_v1", "reply_as")
  export declare function reply_as(kind: usize, kindlen: i32, body: usize, bodylen: i32): void;
  @external("bothost_v1", "reply_file")
  export declare function reply_file(name: usize, namelen: i32, mime: usize, mimelen: i32,
    data: usize, datalen: i32): void;
  @external("bothost_v1", "reply_delta")
  export declare function reply_delta(ptr: usize, len: i32): void;
  @external("bothost_v1", "reply_end")
  export declare function reply_end(): void;
  @external("bothost_v1", "session_get")
  export declare function session_get(key: usize, keylen: i32, buf: usize, cap: i32): i32;
  @external("bothost_v1", "session_set")
  export declare function session_set(key: usize, keylen: i32, val: usize, vallen: i32): void;
  @external("bothost_v1", "session_delete")
  export declare function session_delete(key: usize, keylen: i32): void;
  @external("bothost_v1", "state")
  export declare function state(buf: usize, cap: i32): i32;
  @external("bothost_v1", "move")
  export declare function move(ptr: usize, len: i32): void;
  @external("bothost_v1", "history")
  export declare function history(n: i32, buf: usize, cap: i32): i32;
  @external("bothost_v1", "file_read")
  export declare function file_read(index: i32, offset: i64, buf: usize, cap: i32): i32;
  @external("bothost_v1", "timer_set")
  export declare function timer_set(name: usize, namelen: i32, delay_ms: i64,
    data: usize, datalen: i32): void;
  @external("bothost_v1", "timer_cancel")
  export declare function timer_cancel(name: usize, namelen: i32): void;
  @external("bothost_v1", "http_start")
  export declare function http_start(name: usize, namelen: i32, request: usize,
    requestlen: i32): void;
  @external("bothost_v1", "config_get")
  export declare function config_get(key: usize, keylen: i32, buf: usize, cap: i32): i32;
  @external("bothost_v1", "asset")
  export declare function asset(buf: usize, cap: i32): i32;
  @external("bothost_v1", "now")
  export declare function now(): i64;
  @external("bothost_v1", "random")
  export declare function random(buf: usize, len: i32): void;
}

/** A text in UTF-8, as the host takes it. */
@final export class Bytes {
  private bytes: ArrayBuffer;

  constructor(text: string) {
    this.bytes = String.UTF8.encode(text);
  }

  get ptr(): usize {
    return changetype<usize>(this.bytes);
  }

  get len(): i32 {
    return this.bytes.byteLength;
  }
}

/** Where values are read to. It is the same for all reads, and grows with the largest. */
let room: ArrayBuffer = new ArrayBuffer(1024);

export function buf(): usize {
  return changetype<usize>(room);
}

export function cap(): i32 {
  return room.byteLength;
}

/** Reports whether a value of this length was too large, and makes room for it. */
export function grow(length: i32): bool {
  if (length <= room.byteLength) return false;
  room = new ArrayBuffer(length);
  return true;
}

/** Returns the text that was read; null if its length says that there is none. */
export function textOf(length: i32): string | null {
  return length < 0 ? null : String.UTF8.decodeUnsafe(buf(), length);
}

/** Returns the operator's configuration for this bot. */
export function config(key: string): string | null {
  const k = new Bytes(key);
  let n = raw.config_get(k.ptr, k.len, buf(), cap());
  if (grow(n)) n = raw.config_get(k.ptr, k.len, buf(), cap());
  return textOf(n);
}

/** Returns the custom section bothost.asset. */
export function asset(): ArrayBuffer | null {
  let n = raw.asset(buf(), cap());
  if (grow(n)) n = raw.asset(buf(), cap());
  return n < 0 ? null : room.slice(0, n);
}

/** Returns the turn's time in milliseconds since 1970 UTC. */
export function now(): i64 {
  return raw.now();
}

/** Returns random bytes, fit for secrets, as a number. */
export function random(): u64 {
  const bytes = new StaticArray<u64>(1);
  raw.random(changetype<usize>(bytes), 8);
  return bytes[0];
}

function log(level: i32, line: string): void {
  const l = new Bytes(line);
  raw.log(level, l.ptr, l.len);
}

/** Logs a line for those who look for faults. */
export function debug(line: string): void {
  log(0, line);
}

/** Logs a line for the operator. */
export function info(line: string): void {
  log(1, line);
}

/** Logs what the operator should look at. */
export function warn(line: string): void {
  log(2, line);
}

/** Logs what went wrong. */
export function error(line: string): void {
  log(3, line);
}

/** Returns a text as a string of JSON. */
export function quote(text: string): string {
  let json = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c == 0x22 || c == 0x5c) json += "\\";
    if (c < 0x20) {
      json += "\\u00" + (c < 0x10 ? "0" : "") + c.toString(16);
    } else {
      json += String.fromCharCode(c);
    }
  }
  return json + '"';
}

/** Returns a number in JSON: whole ones without a point. */
export function number(value: f64): string {
  const text = value.toString();
  return text.endsWith(".0") ? text.slice(0, -2) : text;
}

/** Returns texts as JSON, with commas between them. */
export function quoteAll(texts: string[]): string {
  const all = new Array<string>(texts.length);
  for (let i = 0; i < texts.length; i++) all[i] = quote(texts[i]);
  return all.join(",");
}
