import { Logger } from '@nestjs/common';
import { didYouMean } from '../values/suggest.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { heardEvents } from './event-steps.js';

/** Further names are not looked at: an application may make them from ids. */
const MOST_NAMES = 1000;

/**
 * Says once of each event that no workflow known here has a step for it. That is no error: an application may emit events that no workflow
 * has asked for yet. It is a warning if the name differs by one or two characters from that of a step.
 */
export class UnheardEvents {
  private readonly logger = new Logger('Workflow');
  private readonly said = new Set<string>();

  constructor(private readonly registry: WorkflowRegistry) {}

  tell(event: string): void {
    if (this.said.has(event) || this.said.size >= MOST_NAMES) return;
    this.said.add(event);
    const names = heardEvents(this.registry);
    const misspelt = didYouMean(event, names, Math.min(2, Math.floor(event.length / 3)));
    const sentence = `Event ${JSON.stringify(event)} reaches no process: no workflow known here has a step for it.`;
    if (misspelt) this.logger.warn(sentence + misspelt);
    else this.logger.debug(sentence + didYouMean(event, names));
  }
}
