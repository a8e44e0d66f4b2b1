/** Undoing that is overtaken by more undoing: each visit is undone once, one at a time, and nothing is left standing. */
import { describe, expect, it } from 'vitest';
import { aDefinition, aStage, aStepNode, aFork, NOTHING } from '../core/builders.js';
import { Story, type Told } from '../core/story.js';

const undoings = (story: Story) => story.tokens.filter(({ does }) => does === 'undo');

function speaker(story: Story, i = 0) {
  const { key, run, attempt } = undoings(story)[i]!;
  return { key, run, attempt, claim: story.process.claim };
}
const undone = (story: Story, step: string, run: number): Told => ({ type: 'visit-undone', ...speaker(story), step, undone: run, patch: NOTHING });
const allUndone = (story: Story, i = 0): Told => ({ type: 'all-undone', ...speaker(story, i) });

const inStage = () =>
  new Story(
    aDefinition([
      aStage('trip', 'hotel', { onError: 'compensate', required: false, next: ['last'] }),
      aStepNode('hotel', { next: ['pay'], compensates: true }),
      aStepNode('pay'),
      aStepNode('last'),
    ]),
  );

describe('undoing everything while a stage is being undone', () => {
  function begun() {
    const story = inStage();
    story.tell(story.succeeded('hotel'));
    story.tell(story.failed('pay', { permanent: true }));
    const first = speaker(story);
    story.tell({ type: 'cancelled', compensate: true, why: 'enough' });
    return { story, first };
  }

  it('waits for the visit that is being undone', () => {
    const { story, first } = begun();
    expect(undoings(story).map(({ last, open }) => [last, open])).toEqual([[true, 0], [undefined, 1]]); // prettier-ignore
    story.tell({ type: 'visit-undone', ...first, step: 'hotel', undone: 2, patch: NOTHING });
    expect(undoings(story).map(({ last, open }) => [last, open])).toEqual([[undefined, 0]]);
    expect(story.records.filter((record) => record.startsWith('step-compensated'))).toEqual(['step-compensated hotel']);
    story.tell(allUndone(story));
    expect(story.status).toBe('cancelled');
  });

  it('goes on when there was nothing left to undo in the stage', () => {
    const { story, first } = begun();
    expect(story.tell({ type: 'all-undone', ...first })).not.toBeNull();
    story.tell(undone(story, 'hotel', 2));
    story.tell(allUndone(story));
    expect(story.status).toBe('cancelled');
  });

  it('goes on when the visit could not be undone', () => {
    const { story, first } = begun();
    story.tell({ type: 'step-failed', ...first, error: 'no', permanent: true });
    expect(story.status).toBe('running');
    expect(undoings(story).map(({ open }) => open)).toEqual([0]);
  });

  it('told twice, it is counted once', () => {
    const { story, first } = begun();
    const told: Told = { type: 'visit-undone', ...first, step: 'hotel', undone: 2, patch: NOTHING };
    expect(story.tellTwice(told)).toBeNull();
    expect(undoings(story).map(({ open }) => open)).toEqual([0]);
  });

  it('suspended meanwhile, it still waits for what is being undone', () => {
    const story = inStage();
    story.tell(story.succeeded('hotel'));
    story.tell(story.failed('pay', { permanent: true }));
    story.tell({ type: 'suspended' });
    story.tell({ type: 'cancelled', compensate: true });
    expect(undoings(story).map(({ last }) => last)).toEqual([true, undefined]);
    expect(story.status).toBe('running');
  });

  it('what has failed to be undone is not waited for', () => {
    const story = inStage();
    story.tell(story.succeeded('hotel'));
    story.tell(story.failed('pay', { permanent: true }));
    story.tell({ type: 'step-failed', ...speaker(story), error: 'no', permanent: true });
    expect(story.status).toBe('failed');
    story.tell({ type: 'cancelled', compensate: true });
    expect(undoings(story).map(({ open, fault }) => [open, fault])).toEqual([[0, undefined]]);
  });
});

describe('undoing everything of a process that has failed, or stands still', () => {
  const parallel = () =>
    new Story(
      aDefinition([
        aFork('both', ['hotel', 'flight']),
        aStepNode('hotel', { compensates: true }),
        aStepNode('flight', { compensates: true, next: ['seat'] }),
        aStepNode('seat', { compensates: true }),
      ]),
    );

  it('a body that is under way in another branch ends first, and is undone', () => {
    const story = parallel();
    story.tell(story.failed('hotel', { permanent: true }));
    expect(story.status).toBe('failed');
    const flight = story.succeeded('flight');
    story.tell({ type: 'cancelled', compensate: true });
    expect(story.tell(flight)).not.toBeNull();
    expect(undoings(story).map(({ open }) => open)).toEqual([0]);
  });

  it('of a suspended one as well', () => {
    const story = parallel();
    story.tell({ type: 'suspended' });
    const [hotel, flight] = [story.succeeded('hotel'), story.succeeded('flight')];
    story.tell({ type: 'cancelled', compensate: true });
    expect(story.tell(hotel)).not.toBeNull();
    expect(story.tell(flight)).not.toBeNull();
    expect(undoings(story).map(({ open }) => open)).toEqual([0]);
  });

  it('what came to its place since has not begun, and does not begin', () => {
    const story = parallel();
    story.tell({ type: 'suspended' });
    story.tell(story.succeeded('flight'));
    const hotel = story.succeeded('hotel');
    story.tell({ type: 'cancelled', compensate: true });
    expect(story.active).not.toContain('seat');
    expect(story.tell(hotel)).not.toBeNull();
    expect(undoings(story).map(({ open }) => open)).toEqual([0]);
  });

  it('and when it goes on, it may begin', () => {
    const story = parallel();
    story.tell({ type: 'suspended' });
    story.tell(story.succeeded('flight'));
    story.tell({ type: 'resumed' });
    expect(story.active).toEqual(['hotel', 'seat']);
    const seat = story.succeeded('seat');
    story.tell({ type: 'cancelled', compensate: true });
    expect(story.tell(seat)).not.toBeNull();
  });
});
