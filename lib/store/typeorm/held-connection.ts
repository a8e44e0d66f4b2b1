import type { DataSource, QueryRunner } from 'typeorm';

/** What the drivers' clients have in common. */
export interface Emitter {
  on(event: 'error', listener: () => void): void;
  removeListener(event: 'error', listener: () => void): void;
}

export interface Held<Client> {
  readonly runner: QueryRunner;
  readonly client: Client;
}

/** A connection of our own out of the pool, with none of TypeORM's work per query. Made when first wanted, and anew after it broke. */
export abstract class HeldConnection<Client extends Emitter> {
  private held: Promise<Held<Client>> | null = null;
  private readonly broke = () => {
    this.held = null;
  };

  constructor(private readonly dataSource: DataSource) {}

  async close(): Promise<void> {
    const held = await this.letGo();
    if (!held) return;
    held.client.removeListener('error', this.broke);
    await this.giveBack(held);
  }

  /** Settings of the session. */
  protected abstract prepare(client: Client): Promise<void>;
  /** One that is whole. */
  protected abstract giveBack(held: Held<Client>): Promise<void>;
  /** One that broke, or may have half a transaction open. */
  protected abstract discard(held: Held<Client>): Promise<void>;

  protected connection(): Promise<Held<Client>> {
    this.held ??= this.connect().catch((error: unknown) => {
      this.held = null;
      throw error;
    });
    return this.held;
  }

  protected async drop(): Promise<void> {
    const held = await this.letGo();
    if (held) await this.discard(held);
  }

  private async letGo(): Promise<Held<Client> | null> {
    const held = (await this.held?.catch(() => null)) ?? null;
    this.held = null;
    return held;
  }

  private async connect(): Promise<Held<Client>> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as Client;
    client.on('error', this.broke);
    const held = { runner, client };
    try {
      await this.prepare(client);
    } catch (error) {
      await this.discard(held); // or the pool would count it for ever
      throw error;
    }
    return held;
  }
}
