import { senderName } from '../values/sender-name.js';
import { didYouMean } from '../values/suggest.js';
import { InvalidInputError } from '../values/errors.js';
import type { SenderRef } from '../values/types.js';
import { type Transmit, transmitterOf } from './transmit.js';

/** A provider of the application. */
export interface KnownProvider {
  readonly token: unknown;
  readonly instance: unknown;
}

/** The providers of the application that transmit messages, by name. */
export class Senders {
  private providers: () => readonly KnownProvider[] = () => [];
  private readonly known = new Map<string, Transmit>();

  /** Says where the providers are. */
  lookIn(providers: () => readonly KnownProvider[]): void {
    this.providers = providers;
  }

  /** The name of a sender, for a message to it. @throws InvalidInputError if no provider of the application has that name, or cannot transmit */
  nameOf(ref: SenderRef): string {
    const name = senderName(ref);
    if (name === null) throw new InvalidInputError('step.send', ['its first argument is the injection token of a client: a class, a string or a symbol']);
    const problem = this.problemOf(name);
    if (problem !== null) throw new InvalidInputError('step.send', [problem]);
    return name;
  }

  /** Null: there is a sender of this name. */
  problemOf(name: string): string | null {
    if (this.of(name)) return null;
    const named = this.providers().filter(({ token }) => senderName(token as SenderRef) === name);
    if (named.length > 0) return `provider "${name}" transmits nothing: ${KINDS}`;
    const names = this.providers().flatMap(({ token }) => senderName(token as SenderRef) ?? []);
    return `there is no provider "${name}".${didYouMean(name, names)} Is its module imported here?`;
  }

  /** How this sender transmits. Undefined: this application has no such sender. */
  of(name: string): Transmit | undefined {
    const found = this.known.get(name) ?? this.find(name);
    if (found) this.known.set(name, found);
    return found;
  }

  private find(name: string): Transmit | undefined {
    const named = this.providers().filter(({ token }) => senderName(token as SenderRef) === name);
    for (const { instance } of named) {
      const transmit = transmitterOf(instance);
      if (transmit) return transmit;
    }
    return undefined;
  }
}

const KINDS = 'a sender is a ClientProxy, a Bull or BullMQ queue, an AmqpConnection, an HttpSender, or your own MessageSender';
