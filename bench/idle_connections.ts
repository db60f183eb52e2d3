/**
 * Idle connections.
 *
 * @module
 */

const BATCH = 50;

/** Connections that stay open after one request. Disposing closes them. */
export class IdleConnections implements Disposable {
  readonly #connections: Deno.TcpConn[] = [];

  /**
   * Opens connections, and sends one request on each. A server may close some
   * of them, for example without keep-alive.
   *
   * @param port The port on this machine.
   * @param count The number of connections.
   * @param request The bytes of the request.
   * @returns The connections, after the first bytes of every response have
   * arrived.
   */
  static async open(
    port: number,
    count: number,
    request: string,
  ): Promise<IdleConnections> {
    const idle = new IdleConnections();
    const bytes = new TextEncoder().encode(request);
    try {
      for (let opened = 0; opened < count; opened += BATCH) {
        const batch = Math.min(BATCH, count - opened);
        await Promise.all(
          Array.from({ length: batch }, () => idle.#open(port, bytes)),
        );
      }
    } catch (error) {
      idle[Symbol.dispose]();
      throw error;
    }
    return idle;
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections.splice(0)) connection.close();
  }

  async #open(port: number, request: Uint8Array): Promise<void> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    this.#connections.push(connection);
    await connection.write(request);
    await connection.read(new Uint8Array(4096));
  }
}
