// An interpreter of calls: the input is a program in bytes, read at the start. Each
// step is an opcode, the number of the register of its result, and its operands;
// an operand is either a register or a number of eight bytes. What `emit` adds is the
// output.
//
//   step    = opcode result operand*
//   operand = 'r' register | '#' u64
//
// Texts are blocks: 't' makes one of the bytes that follow it.
#include "extism.h"

static u8 program[1 << 16], out[1 << 16];
static u64 r[256], at, size, emitted;

static u8 next(void) { return at < size ? program[at++] : 0; }

static u64 number(void) {
  u64 v = 0;
  for (int i = 0; i < 8; i++) v |= (u64)next() << (8 * i);
  return v;
}

static u64 operand(void) { return next() == 'r' ? r[next()] : number(); }

static void emit(u64 v) {
  for (int i = 0; i < 8 && emitted < sizeof out; i++) out[emitted++] = (u8)(v >> (8 * i));
}

static void emit_block(u64 h) {
  u64 n = x_length(h);
  for (u64 i = 0; i < n && emitted < sizeof out; i++) out[emitted++] = (u8)x_load_u8(h + i);
}

static u64 text(void) {
  u64 n = number(), h = x_alloc(n);
  for (u64 i = 0; i < n; i++) x_store_u8(h + i, next());
  return h;
}

static u64 step(u8 op) {
  u64 a = 0, b = 0;
  switch (op) {
    case 't': return text();
    case 'e': emit(operand()); return 0;
    case 'b': emit_block(operand()); return 0;
    case 'A': return x_alloc(operand());
    case 'F': x_free(operand()); return 0;
    case 'L': return x_length(operand());
    case 'U': return x_length_unsafe(operand());
    case '1': return x_load_u8(operand());
    case '8': return x_load_u64(operand());
    case 's': a = operand(), b = operand(); x_store_u8(a, (u32)b); return 0;
    case 'S': a = operand(), b = operand(); x_store_u64(a, b); return 0;
    case 'M': return x_memory_bytes();
    case 'R': x_reset(); return 0;
    case 'n': return x_input_length();
    case 'o': return x_input_offset();
    case 'i': return x_input_load_u8(operand());
    case 'I': return x_input_load_u64(operand());
    case 'j': a = operand(), b = operand(); x_input_set(a, b); return 0;
    case 'O': a = operand(), b = operand(); x_output_set(a, b); return 0;
    case 'p': return x_output_length();
    case 'P': return x_output_offset();
    case 'x': x_error_set(operand()); return 0;
    case 'X': return x_error_get();
    case 'c': return x_config_get(operand());
    case 'v': return x_var_get(operand());
    case 'V': a = operand(), b = operand(); x_var_set(a, b); return 0;
    case 'h': a = operand(), b = operand(); return x_http_request(a, b);
    case 'H': return x_http_status_code();
    case 'k': return x_http_headers();
    case 'g': return x_get_log_level();
    case 'l':
      a = operand(), b = operand();
      if (a == 0) x_log_trace(b);
      if (a == 1) x_log_debug(b);
      if (a == 2) x_log_info(b);
      if (a == 3) x_log_warn(b);
      if (a == 4) x_log_error(b);
      return 0;
    case '+': a = operand(), b = operand(); return a + b;
    case '=': a = operand(), b = operand(); return a == b;
    case 'G': return session_get(operand());
    case 'W': a = operand(), b = operand(); session_set(a, b); return 0;
    case 'y': reply(operand()); return 0;
    case 'N': // so many allocations of so many bytes, until there is no room
      a = operand(), b = operand();
      for (u64 i = 0; i < a; i++)
        if (!x_alloc(b)) return i;
      return a;
    case 'Z': // five nested allocations for each of so many bytes
      a = operand();
      for (u64 i = 0; i < a; i++) {
        u64 h[5];
        for (int k = 0; k < 5; k++)
          if (!(h[k] = x_alloc(k + 1))) return i;
        for (int k = 4; k >= 0; k--) x_free(h[k]);
      }
      return a;
    case 'w':
      for (;;) {
      }
    default: __builtin_trap();
  }
}

EXPORT(on_message) int on_message(void) {
  at = emitted = 0;
  size = load_input(program, sizeof program);
  for (int i = 0; i < 256; i++) r[i] = 0;
  int code = 0, set = 0;
  while (at < size) {
    u8 op = next();
    if (op == 'q') { // the result of the call
      code = (int)operand();
      continue;
    }
    if (op == 'O') set = 1;
    u8 result = next();
    u64 v = step(op);
    r[result] = v;
  }
  if (!set && emitted) x_output_set(store(out, emitted), emitted);
  return code;
}

void *memset(void *p, int c, unsigned long n) {
  for (volatile u8 *q = p; n; n--) *q++ = (u8)c;
  return p;
}
