import { ForbiddenException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, StoreUnavailableError } from 'nestjs-argonaut';
import { problemOf } from '../../lib/api/problem.js';
import { ProcessStore } from 'nestjs-argonaut/ports';
import { ALL, clientOf, PLATFORMS, apiForBlock } from './support.js';

describe.each(PLATFORMS)('when the database cannot be reached, on %s', (platform) => {
  const api = apiForBlock({ platform });

  it('the answer is 503 with Retry-After, and says nothing of the database', async () => {
    const { queries } = api.app.get(ProcessStore);
    const refuse = () => Promise.reject<never>(new StoreUnavailableError(new Error('connect ECONNREFUSED 10.0.0.7:5432')));
    [queries.find, queries.waitsOf] = [refuse, refuse];
    const client = clientOf(api, `all ${ALL.join(',')}`);
    const answer = await client('GET', 'processes');
    expect([answer.status, answer.headers.get('retry-after'), answer.body.code]).toEqual([503, '5', 'StoreUnavailableError']);
    const ready = await client('GET', 'service/ready');
    expect([ready.status, ready.headers.get('retry-after'), ready.body.code]).toEqual([503, '5', 'ServiceUnavailable']);
    for (const { text } of [answer, ready]) expect(text).not.toContain('10.0.0.7');
  });
});

describe('a problem', () => {
  it('says what the caller can mend, and of the application only that it failed', () => {
    expect(problemOf(new InvalidInputError('it', ['a: wrong']))).toEqual({
      type: 'urn:nestjs-argonaut:InvalidInputError', title: 'Bad Request', status: 400, detail: 'it: a: wrong', code: 'InvalidInputError', problems: ['a: wrong'],
    }); // prettier-ignore
    expect(problemOf(new ForbiddenException('not you'))).toMatchObject({ status: 403, code: 'Forbidden', detail: 'not you' });
    for (const error of [new Error('select * from secret'), 'thrown', null, undefined, { status: 99 }])
      expect(JSON.stringify(problemOf(error))).not.toMatch(/secret|thrown|99/);
    expect(problemOf({ statusCode: 413, message: 'a path' })).toMatchObject({ status: 413, detail: 'The body is larger than the application takes.' });
  });
});
