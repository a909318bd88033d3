// A bot that counts the messages of a session, and says what the last one was.
import { Config, Host, Memory, Var } from "@extism/as-pdk/lib/pdk";
import { error_set } from "@extism/as-pdk/lib/env";

// @ts-ignore: decorator
@external("extism:host/user", "reply")
declare function hostReply(text: u64): void;
// @ts-ignore: decorator
@external("extism:host/user", "session_get")
declare function hostSessionGet(key: u64): u64;
// @ts-ignore: decorator
@external("extism:host/user", "session_set")
declare function hostSessionSet(key: u64, value: u64): void;
// @ts-ignore: decorator
@external("extism:host/env", "length")
declare function length(handle: u64): u64;

function block(text: string): u64 {
  return Memory.allocateString(text).offset;
}

// get returns a session variable; empty if there is none.
function get(key: string): string {
  const value = hostSessionGet(block(key));
  return new Memory(value, length(value)).toString();
}

export function on_message(): i32 {
  const text = Host.inputString();
  if (text.length == 0) {
    error_set(block("a message without text"));
    return 1;
  }
  const before = Var.getString("count");
  const count = before === null ? 1 : i32.parse(before) + 1;
  Var.set("count", Uint8Array.wrap(String.UTF8.encode(count.toString())));
  const greeting = Config.get("greeting");
  const hello = greeting === null ? "Hello" : greeting;
  hostReply(block(`${hello}! Message ${count} is "${text}", after "${get("last")}".`));
  hostSessionSet(block("last"), block(text));
  return 0;
}

// abort has the words of what goes wrong in the bot's log.
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  error_set(block(message === null ? "abort" : message));
  unreachable();
}
