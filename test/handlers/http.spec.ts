import 'reflect-metadata';
import { Body, Controller, Headers, HttpCode, Injectable, Post, Scope, ValidationPipe } from '@nestjs/common';
import { HandlesResponse } from 'nestjs-argonaut';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bank, Guarded, LoanWorkflow, openBank, refOf, replyIn, Role, RoleGuard, ScoreMessage, WAYS } from './loans.js';

const bodies: [unknown, string | undefined][] = [];

@Controller('scores')
class Scores {
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  @Post('above')
  @HttpCode(202)
  above(@Body() message: ScoreMessage, @Headers('x-from') from?: string) {
    bodies.push([message, from]);
    return replyIn(message);
  }

  @Post('below')
  @HttpCode(202)
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  below(@Body() message: ScoreMessage, @Headers('x-from') from?: string) {
    bodies.push([message, from]);
    return replyIn(message);
  }

  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  @Guarded()
  @Role('partner')
  @Post('guarded-above')
  guardedAbove(@Body() message: ScoreMessage) {
    return replyIn(message);
  }

  @Guarded()
  @Role('partner')
  @Post('guarded-below')
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  guardedBelow(@Body() message: ScoreMessage) {
    return replyIn(message);
  }

  @Guarded()
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  @Role('partner')
  @Post('guarded-between')
  guardedBetween(@Body() message: ScoreMessage) {
    return replyIn(message);
  }

  @Post('by-class')
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  byClass(@Body() { score }: ScoreMessage) {
    return { score };
  }

  @Post('by-function')
  @HandlesResponse(() => LoanWorkflow, 'rate', refOf)
  byFunction(@Body() { score }: ScoreMessage) {
    return { score };
  }

  @Post('by-name')
  @HandlesResponse('loan', 'rate', refOf)
  byName(@Body() { score }: ScoreMessage) {
    return { score };
  }

  @HandlesResponse(LoanWorkflow, 'rate', refOf, { messageId: (message: ScoreMessage) => message.messageId! })
  @Post('numbered')
  numbered(@Body() { score }: ScoreMessage) {
    return { score };
  }
}

/** What a controller inherits. */
abstract class Shared {
  @Post('inherited')
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  inherited(@Body() message: ScoreMessage) {
    return { score: message.score + this.extra() };
  }
  abstract extra(): number;
}

@Injectable({ scope: Scope.REQUEST })
class Visit {
  static count = 0;
  readonly number = ++Visit.count;
}

@Controller('scoped')
class Scoped extends Shared {
  constructor(readonly visit: Visit) {
    super();
  }
  extra() {
    return this.visit.number - this.visit.number;
  }
}

describe('an HTTP controller', () => {
  let bank: Bank;
  let url: string;
  let count = 0;
  beforeAll(async () => {
    bank = await openBank({ controllers: [Scores, Scoped], providers: [Visit] });
    bank.app.useGlobalPipes(new ValidationPipe({ transform: true }));
    await bank.app.listen(0, '127.0.0.1');
    url = await bank.app.getUrl();
  });
  beforeEach(() => void (bodies.length = RoleGuard.seen.length = 0));
  afterAll(() => bank?.app.close());

  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
    return [response.status, await response.text()] as const;
  };
  const newRef = async () => {
    const ref = `http-${++count}`;
    await bank.apply(ref);
    return ref;
  };
  const sides = ['above', 'below'];

  it.each(sides.flatMap((side) => WAYS.map((how) => [side, how] as const)))('with the door %s: %s', async (side, how) => {
    const ref = await newRef();
    expect(await post(`scores/${side}`, { ref, score: 5, how }, { 'x-from': 'partner' })).toEqual([202, 'delivered']);
    expect(await bank.heard(ref)).toEqual(['delivered']);
    expect(bodies).toEqual([[{ ref, score: 5, how }, 'partner']]);
    expect(bodies[0]![0]).toBeInstanceOf(ScoreMessage);
    expect(await bank.scored(ref)).toBe(5);
  });

  it.each(sides)('with the door %s: nothing, an error, and what pipes refuse', async (side) => {
    const ref = await newRef();
    expect(await post(`scores/${side}`, { ref, score: 5, how: 'nothing' })).toEqual([202, '']);
    expect((await post(`scores/${side}`, { ref, score: 5, how: 'throws' }))[0]).toBe(500);
    expect((await post(`scores/${side}`, { ref, score: 'five' }))[0]).toBe(400);
    expect(await bank.heard(ref)).toEqual([]);
  });

  it.each(['above', 'below', 'between'])('keeps guards and what they read, with the door %s', async (side) => {
    const ref = await newRef();
    expect((await post(`scores/guarded-${side}`, { ref, score: 5 }))[0]).toBe(403);
    expect(await bank.heard(ref)).toEqual([]);
    expect(await post(`scores/guarded-${side}`, { ref, score: 5 }, { role: 'partner' })).toEqual([201, 'delivered']);
    expect(RoleGuard.seen.length).toBe(2);
  });

  it.each(['by-class', 'by-function', 'by-name'])('finds its workflow %s', async (path) => {
    const ref = await newRef();
    expect(await post(`scores/${path}`, { ref, score: 5 })).toEqual([201, 'delivered']);
    expect(await bank.scored(ref)).toBe(5);
  });

  it('is inherited, and made for each request', async () => {
    const [before, refs] = [Visit.count, [await newRef(), await newRef()]];
    for (const ref of refs) expect(await post('scoped/inherited', { ref, score: 6 })).toEqual([201, 'delivered']);
    expect(await bank.scored(refs[0]!)).toBe(6);
    expect(Visit.count - before).toBe(2);
  });

  describe('tells what became of the answer', () => {
    it('stored, while nobody asked; whoever asks then has it', async () => {
      const ref = `http-${++count}`;
      expect(await post('scores/above', { ref, score: 5 })).toEqual([202, 'stored']);
      expect(await bank.heard(ref)).toEqual(['stored']);
      expect(await post('scores/above', { ref, score: 5 })).toEqual([202, 'duplicate']);
      await bank.apply(ref);
      expect(await bank.scored(ref)).toBe(5);
      expect(await bank.heard(ref)).toEqual(['delivered']);
    });

    it('duplicate, for the same again', async () => {
      const ref = await newRef();
      const twice = [await post('scores/above', { ref, score: 5 }), await post('scores/below', { ref, score: 5 })];
      expect(twice).toEqual([[202, 'delivered'], [202, 'duplicate']]); // prettier-ignore
    });

    it('one delivered, for the same many times at once', async () => {
      const ref = await newRef();
      const all = (await Promise.all(Array.from({ length: 8 }, () => post('scores/above', { ref, score: 5 })))).map(([, text]) => text);
      expect(all.sort()).toEqual(['delivered', ...Array<string>(7).fill('duplicate')]);
    });

    it('conflict, for another body under the same message id', async () => {
      const ref = await newRef();
      const numbered = (score: number, messageId: string) => post('scores/numbered', { ref, score, messageId });
      expect(await numbered(5, 'm1')).toEqual([201, 'delivered']);
      expect(await numbered(6, 'm1')).toEqual([201, 'conflict']);
      expect(await numbered(5, 'm1')).toEqual([201, 'duplicate']);
      expect(await bank.scored(ref)).toBe(5);
    });

    it('late, after another answer and after the end', async () => {
      const ref = await newRef();
      expect(await post('scores/above', { ref, score: 5 })).toEqual([202, 'delivered']);
      await bank.workflows.settled({ workflow: LoanWorkflow, groupId: ref }); // while the handler runs, an answer is stored
      expect(await post('scores/above', { ref, score: 6 })).toEqual([202, 'late']);
      await bank.workflows.cancel({ workflow: LoanWorkflow, groupId: ref });
      expect(await post('scores/above', { ref, score: 7 })).toEqual([202, 'late']);
      expect(await post('scores/above', { ref, score: 5 })).toEqual([202, 'duplicate']);
    });

    it('late, for a process that was cancelled while it waited', async () => {
      const ref = await newRef();
      await bank.workflows.cancel({ workflow: LoanWorkflow, groupId: ref });
      expect(await post('scores/above', { ref, score: 7 })).toEqual([202, 'late']);
    });
  });
});
