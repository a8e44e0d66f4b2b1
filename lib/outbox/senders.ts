import { Logger } from '@nestjs/common';
import { senderName } from '../values/sender-name.js';
import { didYouMean } from '../values/suggest.js';
import { InvalidInputError } from '../values/errors.js';
import type { Json } from '../values/json.js';
import type { SenderRef } from '../values/types.js';
import { type Transmitter, transmitterOf } from './transmit.js';

/** A provider of the application. */
export interface KnownProvider {
  readonly token: unknown;
  readonly instance: unknown;
  /** Its module. */
  readonly host?: { readonly name: string } | undefined;
}

/** The providers of the application that transmit messages, by name. */
export class Senders {
  private readonly logger = new Logger('Workflow');
  private providers: () => readonly KnownProvider[] = () => [];
  private readonly known = new Map<string, Transmitter>();

  /** Says where the providers are. */
  lookIn(providers: () => readonly KnownProvider[]): void {
    this.providers = providers;
  }

  /** The name of a sender, for a message with this pattern. @throws InvalidInputError if no provider of the application has that name, or cannot transmit it */
  nameOf(ref: SenderRef, pattern: Json): string {
    const name = senderName(ref);
    if (name === null) throw new InvalidInputError('step.send', ['its first argument is the injection token of a client: a class, a string or a symbol']);
    const problem = this.problemOf(name, pattern);
    if (problem !== null) throw new InvalidInputError('step.send', [problem]);
    return name;
  }

  /** Null: there is a sender of this name, and it can transmit this pattern. */
  problemOf(name: string, pattern?: Json): string | null {
    const sender = this.of(name);
    if (sender) return pattern === undefined ? null : prefixed(name, sender.patternProblem(pattern));
    if (this.named(name).length > 0) return `provider "${name}" transmits nothing: ${SENDER_KINDS}`;
    const names = this.providers().flatMap(({ token }) => senderName(token as SenderRef) ?? []);
    return `there is no provider "${name}".${didYouMean(name, names)} Is its module imported here?`;
  }

  /** How this sender transmits. Undefined: this application has no such sender. */
  of(name: string): Transmitter | undefined {
    const found = this.known.get(name) ?? this.find(name);
    if (found) this.known.set(name, found);
    return found;
  }

  private named(name: string): KnownProvider[] {
    return this.providers().filter(({ token }) => senderName(token as SenderRef) === name);
  }

  private find(name: string): Transmitter | undefined {
    const all = this.named(name).filter(({ instance }) => transmitterOf(instance));
    if (new Set(all.map(({ instance }) => instance)).size > 1) this.warnOfSeveral(name, all);
    return (all[0] && transmitterOf(all[0].instance)) ?? undefined;
  }

  /** Often they are the same client, which several modules register: that is no error. */
  private warnOfSeveral(name: string, all: readonly KnownProvider[]): void {
    const modules = all.map(({ host }) => host?.name ?? '?');
    this.logger.warn(`${all.length} providers are named "${name}", in ${modules.join(', ')}: that of ${modules[0]} transmits. Name them differently if they are not the same.`); // prettier-ignore
  }
}

function prefixed(name: string, problem: string | null): string | null {
  return problem === null ? null : `"${name}": ${problem}`;
}

const SENDER_KINDS = 'a sender is a ClientProxy, a Bull or BullMQ queue, an AmqpConnection, an HttpSender, or your own MessageSender';
