/** Publishes notices on channels of `node:diagnostics_channel`. Where no one subscribes, no notice is made. */
import { type Channel, channel } from 'node:diagnostics_channel';
import type { Change } from '../core/change.js';
import type { OutgoingMessage } from '../core/outgoing.js';
import { type NoticeName, NOTICE_NAMES, noticesOf, parkedNotice, type WorkflowNotice } from './notices.js';

const PREFIX = 'nestjs-argonaut:';
const channels = Object.fromEntries(NOTICE_NAMES.map((name) => [name, channel(PREFIX + name)])) as Record<NoticeName, Channel>;

export function publishNotices(change: Change): void {
  noticesOf(change, hasSubscribers, publish);
}

export function publishParked(message: OutgoingMessage, at: Date): void {
  if (hasSubscribers('message.parked')) publish(parkedNotice(message, at));
}

function hasSubscribers(name: NoticeName): boolean {
  return channels[name].hasSubscribers;
}

function publish(notice: WorkflowNotice): void {
  channels[notice.name].publish(notice);
}
