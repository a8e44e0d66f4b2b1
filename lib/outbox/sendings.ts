import { randomUUID } from 'node:crypto';
import { checkSize, plain } from '../context/plain.js';
import type { Sending } from '../core/outgoing.js';
import { InvalidInputError } from '../values/errors.js';
import { isPattern } from '../values/sender-name.js';
import type { SenderRef } from '../values/types.js';
import type { Senders } from './senders.js';

/** How many messages one run of a body may send. */
const MOST_SENT = 1000;
const LONGEST_PATTERN = 2000;

/** Adds a message to those that a body has sent so far, once it is certain that it can be stored. Returns its id. @throws InvalidInputError, UnserialisableValueError, ValueTooLargeError */
export function addSending(sent: Sending[], senders: Senders, ref: SenderRef, pattern: unknown, data: unknown): string {
  if (sent.length === MOST_SENT) throw new InvalidInputError('step.send', [`one run of a body sends at most ${MOST_SENT} messages`]);
  const checked = checkedPattern(pattern);
  const sending = { id: randomUUID(), sender: senders.nameOf(ref, checked), pattern: checked, data: plain(data ?? null, 'data') };
  checkSize(sending.data, 'The data of step.send');
  sent.push(sending);
  return sending.id;
}

function checkedPattern(given: unknown): Sending['pattern'] {
  if (!isPattern(given)) throw new InvalidInputError('step.send', ['its pattern is a string that is not empty, or an object']);
  const pattern = plain(given, 'pattern');
  checkSize(pattern, 'The pattern of step.send', LONGEST_PATTERN);
  return pattern;
}
