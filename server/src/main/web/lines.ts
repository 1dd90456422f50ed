// Lines out of what a stream brings in pieces.

/** Cuts text into lines; keeps what has no end yet, up to a limit. */
export class Lines {
  private rest = "";

  constructor(private readonly limit: number) {}

  /** The lines that are whole now. */
  take(piece: string): string[] {
    const all = (this.rest + piece).split("\n");
    this.rest = all.pop() ?? "";
    if (this.rest.length > this.limit) throw new Error("a line of the stream is longer than " + this.limit + " characters");
    return all.filter((line) => line !== "");
  }
}
