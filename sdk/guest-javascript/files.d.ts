// Files of an event as objects.

declare module "bothost" {
  export interface Session {
    readonly files: File[];
  }

  export interface File {
    /** For people: it is no path. */
    readonly name: string;
    readonly type: string;
    readonly size: number;
    bytes(): Uint8Array;
    text(): string;
    /** At most so many bytes from an offset on. */
    read(offset: number, length: number): Uint8Array;
  }
}
