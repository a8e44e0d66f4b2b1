import type { OutageLog } from './outage-log.js';
import { StoreUnavailableError } from '../../../values/errors.js';
import { clearTimeout, setTimeout } from '../../../values/timers.js';

/** The events that the clients of all drivers have. */
export interface ClientEvents {
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/**
 * A connection of the engine's own, outside of the application's pool: no work of the engine waits for a connection that the
 * application holds. Opened at boot, and opened again after it broke.
 */
export abstract class OwnConnection<Client extends ClientEvents> {
  private client: Client | null = null;
  private opening: Promise<Client> | null = null;
  private reopening: NodeJS.Timeout | undefined;
  private pause = FIRST_PAUSE_MS;
  private closed = false;

  constructor(protected readonly outages: OutageLog) {}

  async open(): Promise<void> {
    this.closed = false;
    await this.connected();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reopening);
    const client = this.client ?? (await this.opening?.catch(() => null));
    this.client = null;
    if (client) await this.end(client);
  }

  /** A new client, connected and prepared. */
  protected abstract connect(): Promise<Client>;
  /** Ends a client that works. */
  protected abstract end(client: Client): Promise<void>;
  /** Ends a client that broke, or may have half a transaction open. */
  protected abstract destroy(client: Client): void;
  /** Whether the connection broke, or the server is going away. The result of the statement is unknown then. */
  protected abstract isBroken(error: unknown): boolean;

  /** @throws StoreUnavailableError */
  protected async connected(): Promise<Client> {
    if (this.client) return this.client;
    if (this.closed) throw new StoreUnavailableError(new Error('the connection is closed'));
    this.opening ??= this.connectAnew().finally(() => (this.opening = null));
    return this.opening;
  }

  /** Runs one statement. @throws StoreUnavailableError where the connection broke; else what the server says */
  protected async attempt<R>(work: (client: Client) => Promise<R>): Promise<R> {
    const client = await this.connected();
    try {
      return await work(client);
    } catch (error) {
      if (!this.isBroken(error)) throw error;
      this.lost(client, error);
      throw new StoreUnavailableError(error);
    }
  }

  /** Gives up a client that broke, and connects again later. */
  protected lost(client: Client, error: unknown): void {
    if (this.client === client) this.client = null;
    this.destroy(client);
    if (this.closed) return;
    this.outages.failed(error);
    this.reopenLater();
  }

  private async connectAnew(): Promise<Client> {
    try {
      const client = await this.connect();
      client.on('error', (error) => this.client === client && this.lost(client, error));
      client.on('end', () => this.client === client && this.lost(client, new Error('the server closed the connection')));
      return this.took(client);
    } catch (error) {
      if (!this.closed) this.outages.failed(error);
      throw new StoreUnavailableError(error);
    }
  }

  private took(client: Client): Client {
    if (this.closed) {
      this.destroy(client);
      throw new Error('the connection is closed');
    }
    this.client = client;
    this.pause = FIRST_PAUSE_MS;
    this.outages.worked();
    return client;
  }

  private reopenLater(): void {
    clearTimeout(this.reopening);
    this.reopening = setTimeout(() => void this.connected().catch(() => !this.closed && this.reopenLater()), this.pause);
    this.reopening.unref();
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }
}
