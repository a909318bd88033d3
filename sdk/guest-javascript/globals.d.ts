// What is there without an import: console writes lines into the bot's log.

declare module "*.txt" {
  const text: string;
  export default text;
}

declare const console: {
  debug(...values: unknown[]): void;
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
};

declare const crypto: {
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  randomUUID(): string;
};

declare class TextEncoder {
  readonly encoding: string;
  encode(text?: string): Uint8Array;
}

declare class TextDecoder {
  constructor(encoding?: "utf-8" | "utf8", options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: string;
  decode(data?: Uint8Array | ArrayBuffer): string;
}

declare const performance: { now(): number };
declare function queueMicrotask(job: () => void): void;
declare function atob(data: string): string;
declare function btoa(data: string): string;
