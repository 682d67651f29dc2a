/** The floor: a bare WebSocket server that sends every message back. */
export class Echo {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async connect(url: string): Promise<Echo> {
    const socket = new WebSocket(url);
    await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
    return new Echo(socket);
  }

  /** Send messages of some bytes there and back, one after the other; milliseconds of each. */
  async take(bytes: number, times: number): Promise<number[]> {
    const text = "x".repeat(bytes);
    const took: number[] = [];
    for (let left = times; left > 0; left -= 1) {
      const start = performance.now();
      const back = new Promise((resolve) =>
        this.#socket.addEventListener("message", resolve, { once: true }),
      );
      this.#socket.send(text);
      await back;
      took.push(performance.now() - start);
    }
    return took;
  }
}
