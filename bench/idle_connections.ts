/**
 * Connections that do nothing.
 *
 * @module
 */

const BATCH = 50;

/** Connections that stay open after one request. Dispose of them to leave. */
export class IdleConnections implements Disposable {
  readonly #connections: Deno.TcpConn[] = [];

  /**
   * Opens connections, and has one request answered on each.
   *
   * A server may close some of them, as one without keep-alive does.
   *
   * @param port The port on this machine.
   * @param count How many connections.
   * @param request The request, as it goes over the wire.
   * @returns The connections, once the first bytes of every answer were there.
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
