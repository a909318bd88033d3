// What a plug-in imports, written by hand: the published functions, and those of
// the host that the tests use. Handles are i64.
#pragma once

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define ENV(name) __attribute__((import_module("extism:host/env"), import_name(#name)))
#define USER(name) __attribute__((import_module("extism:host/user"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

ENV(alloc) u64 x_alloc(u64);
ENV(free) void x_free(u64);
ENV(length) u64 x_length(u64);
ENV(length_unsafe) u64 x_length_unsafe(u64);
ENV(load_u8) u32 x_load_u8(u64);
ENV(load_u64) u64 x_load_u64(u64);
ENV(store_u8) void x_store_u8(u64, u32);
ENV(store_u64) void x_store_u64(u64, u64);
ENV(memory_bytes) u64 x_memory_bytes(void);
ENV(reset) void x_reset(void);
ENV(input_length) u64 x_input_length(void);
ENV(input_offset) u64 x_input_offset(void);
ENV(input_load_u8) u32 x_input_load_u8(u64);
ENV(input_load_u64) u64 x_input_load_u64(u64);
ENV(input_set) void x_input_set(u64, u64);
ENV(output_set) void x_output_set(u64, u64);
ENV(output_length) u64 x_output_length(void);
ENV(output_offset) u64 x_output_offset(void);
ENV(error_set) void x_error_set(u64);
ENV(error_get) u64 x_error_get(void);
ENV(config_get) u64 x_config_get(u64);
ENV(var_get) u64 x_var_get(u64);
ENV(var_set) void x_var_set(u64, u64);
ENV(http_request) u64 x_http_request(u64, u64);
ENV(http_status_code) u32 x_http_status_code(void);
ENV(http_headers) u64 x_http_headers(void);
ENV(get_log_level) u32 x_get_log_level(void);
ENV(log_trace) void x_log_trace(u64);
ENV(log_debug) void x_log_debug(u64);
ENV(log_info) void x_log_info(u64);
ENV(log_warn) void x_log_warn(u64);
ENV(log_error) void x_log_error(u64);

USER(reply) void reply(u64);
USER(session_get) u64 session_get(u64);
USER(session_set) void session_set(u64, u64);

// store copies bytes of the guest into a new block.
static inline u64 store(const u8 *p, u64 n) {
  u64 h = x_alloc(n), i = 0;
  for (; i + 8 <= n; i += 8) x_store_u64(h + i, *(const u64 *)(p + i));
  for (; i < n; i++) x_store_u8(h + i, p[i]);
  return h;
}

// load copies a block into the guest's memory, as far as it fits, and returns its
// length.
static inline u64 load(u64 h, u8 *p, u64 cap) {
  u64 n = x_length(h), i = 0;
  if (n > cap) n = cap;
  for (; i + 8 <= n; i += 8) *(u64 *)(p + i) = x_load_u64(h + i);
  for (; i < n; i++) p[i] = (u8)x_load_u8(h + i);
  return n;
}

// load_input is load for the input.
static inline u64 load_input(u8 *p, u64 cap) {
  u64 n = x_input_length(), i = 0;
  if (n > cap) n = cap;
  for (; i + 8 <= n; i += 8) *(u64 *)(p + i) = x_input_load_u64(i);
  for (; i < n; i++) p[i] = (u8)x_input_load_u8(i);
  return n;
}
