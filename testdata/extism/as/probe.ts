// A plug-in that does what its input says, by way of the kit.
import { Config, Host, LogLevel, Memory, Var } from "@extism/as-pdk/lib/pdk";
import { error_set, http_request } from "@extism/as-pdk/lib/env";

// @ts-ignore: decorator
@external("extism:host/user", "reply")
declare function hostReply(text: u64): void;
// @ts-ignore: decorator
@external("extism:host/user", "session_get")
declare function hostSessionGet(key: u64): u64;
// @ts-ignore: decorator
@external("extism:host/user", "session_set")
declare function hostSessionSet(key: u64, value: u64): void;

function block(text: string): u64 {
  return Memory.allocateString(text).offset;
}

function bytes(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

export function on_message(): i32 {
  const input = Host.inputString();
  const space = input.indexOf(" ");
  const name = space < 0 ? input : input.substring(0, space);
  const rest = space < 0 ? "" : input.substring(space + 1);
  if (name == "echo") {
    Host.output(bytes(rest));
  } else if (name == "string") {
    Host.outputString(rest);
  } else if (name == "error") {
    Host.output(bytes("half done"));
    error_set(block(rest));
  } else if (name == "code") {
    return 1;
  } else if (name == "config") {
    const value = Config.get(rest);
    Host.output(bytes(value === null ? "none" : value));
  } else if (name == "vars") {
    const value = Var.getString("text");
    Host.output(bytes(value === null ? "none" : value));
    Var.set("text", bytes(rest));
  } else if (name == "unset") {
    Var.set("text", bytes("here"));
    Var.remove("text");
    Host.output(bytes(Var.getString("text") === null ? "none" : "there"));
  } else if (name == "log") {
    Host.log(LogLevel.Debug, rest + " debug");
    Host.log(LogLevel.Info, rest + " info");
    Host.log(LogLevel.Warn, rest + " warn");
    Host.log(LogLevel.Error, rest + " error");
  } else if (name == "http") {
    const answer = http_request(block(`{"url":"${rest}"}`), 0);
    Host.output(bytes(answer == 0 ? "empty" : "full"));
  } else if (name == "message") {
    const key = block("last");
    hostSessionGet(key);
    const value = block(rest);
    hostSessionSet(key, value);
    hostReply(value);
  } else {
    error_set(block("no probe " + name));
    return 1;
  }
  return 0;
}

export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  error_set(block(message === null ? "abort" : message));
  unreachable();
}
