import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it, type TestContext, vi } from 'vitest';
import type { Instance } from '../../sample-app/src/story/instance.js';
import { LoanByHttp } from '../../sample-app/src/story/loan-by-http.js';
import { built, completions, Place } from './app.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });
beforeAll(built);

const WHOLE = ['decide', 'fraud', 'identity', 'pay', 'register', 'score'];

describe('the sample application', () => {
  let place: Place;
  let app: Instance;
  beforeAll(async () => {
    place = new Place();
    app = await place.start();
  });
  afterAll(() => place.leave());

  it('carries a loan from the application to the money', async () => {
    const loan = new LoanByHttp(app, 'L-1');
    expect(await loan.apply()).toMatchObject({ status: 'running', contextVersion: 1, loan: { amount: '2500.00', purpose: 'car' } });
    const end = await loan.ends();
    expect(end).toMatchObject({ status: 'completed', waitingFor: [], loan: { fee: '25.00', identified: true, score: 720, fraud: false, outcome: 'paid' } });
    expect(end.loan.applicant).toEqual({ name: 'Ada Lovelace', birthday: '1990-12-10T00:00:00.000Z' });

    const history = await loan.history();
    expect(completions(history).sort()).toEqual(WHOLE);
    expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, i) => i + 1));
    expect(history.filter(({ type }) => type === 'message-delivered')).toHaveLength(1);

    const versions = await loan.versions();
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(versions[6]!.changes).toEqual([{ key: 'outcome', after: 'paid', step: 'pay' }]);
    expect(versions[1]!.loan).toMatchObject({ fee: '25.00' });
    expect(versions[1]!.loan).not.toHaveProperty('outcome');
  });

  it('rejects a fraud, and somebody unknown', async () => {
    const loans = [new LoanByHttp(app, 'L-mallory'), new LoanByHttp(app, 'L-nobody')];
    await loans[0]!.apply({ applicant: { name: 'Mallory', birthday: '1990-01-01' } });
    await loans[1]!.apply({ applicant: { name: 'Nobody', birthday: '1990-01-01' } });
    for (const loan of loans) expect((await loan.ends()).loan.outcome).toBe('rejected');
  });

  it('asks a person about a large loan', async () => {
    const loan = new LoanByHttp(app, 'L-large');
    await loan.apply({ amount: '25000', purpose: 'house' });
    await loan.waitsIn('review');
    await expect(loan.tell('review', { approved: 'perhaps' })).rejects.toThrow('400');
    expect(await loan.tell('review', { approved: true })).toMatchObject([{ disposition: 'delivered' }]);
    expect((await loan.ends()).loan).toMatchObject({ outcome: 'paid', score: 450, approved: true });
  });

  it('lets go of a loan that is withdrawn, wherever it stands', async () => {
    const loan = new LoanByHttp(app, 'L-withdrawn');
    await loan.apply();
    await loan.waitsIn('identity');
    await loan.tell('withdraw', { reason: 'found it cheaper' });
    expect(await loan.ends()).toMatchObject({ status: 'completed', waitingFor: [], loan: { outcome: 'withdrawn', reason: 'found it cheaper' } });
    expect(completions(await loan.history())).toEqual(['register', 'withdraw']);
  });

  it('begins again from an old version of the context', async () => {
    const loan = new LoanByHttp(app, 'L-again');
    await loan.apply();
    await loan.ends();
    const again = await loan.tell('restart', { version: 3 });
    expect(again.loan).not.toHaveProperty('outcome');
    expect(again.loan.identified).toBe(true);
    expect((await loan.ends()).loan.outcome).toBe('paid');
    expect(completions(await loan.history()).filter((step) => step === 'identity')).toHaveLength(1);
    await expect(loan.tell('restart', { version: 99 })).rejects.toThrow('400');
  });

  it('says what is wrong', async () => {
    const loan = new LoanByHttp(app, 'L-wrong');
    await expect(loan.get()).rejects.toThrow('404');
    await expect(loan.apply({ amount: 'a lot' })).rejects.toThrow('amount must be an amount of money');
    await expect(loan.apply({ applicant: { name: 'Ada', birthday: 'never' } })).rejects.toThrow('applicant.birthday must be a Date');
    await expect(loan.apply({ purpose: 'war' })).rejects.toThrow('purpose must be one of');
    await loan.apply();
    await expect(loan.apply()).rejects.toThrow('409');
    await expect(loan.tell('retry')).rejects.toThrow('409');
  });

  it('prints lines that work as they are', async () => {
    const lines = app.output().split('\n').filter((line) => line.startsWith('  curl')); // prettier-ignore
    expect(lines).toHaveLength(5);
    const answers = lines.map((line) => JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' })) as any);
    const [applied, stands, history, versions, withdrawn] = answers;
    expect(applied.status).toBe('running');
    expect(stands.loan.applicant.name).toBe('Ada Lovelace');
    expect(history[0].type).toBe('process-started');
    expect(versions[0].version).toBe(1);
    expect(withdrawn).toMatchObject([{ disposition: 'delivered' }]);
    const ended = await new LoanByHttp(app, applied.reference as string).ends();
    expect(ended.loan.outcome).toBe('withdrawn');
  });
});

describe.concurrent('the sample application, stopped and started again', () => {
  async function applied({ onTestFinished }: TestContext, reach: (loan: LoanByHttp) => Promise<unknown>): Promise<{ place: Place; loan: LoanByHttp }> {
    const place = new Place();
    onTestFinished(() => place.leave());
    const loan = new LoanByHttp(await place.start(), 'L-stopped');
    await loan.apply();
    await reach(loan);
    return { place, loan };
  }

  async function paidOnce(loan: LoanByHttp): Promise<string[]> {
    const end = await loan.ends();
    expect(end.status, end.cause ?? '').toBe('completed');
    expect(end.loan.outcome).toBe('paid');
    const history = await loan.history();
    expect(completions(history).sort()).toEqual(WHOLE);
    return history.map(({ type }) => type);
  }

  it('goes on after kill -9 in the middle of a step', async (test) => {
    const { place, loan } = await applied(test, (each) => each.runs('score'));
    await loan.instance.stop('SIGKILL');
    loan.instance = await place.start();
    expect(loan.instance.output()).toContain('Still under way: loan L-stopped');
    expect(await paidOnce(loan)).toContain('task-recovered');
  });

  it('goes on after kill -9 while it waits for a moment', async (test) => {
    const { place, loan } = await applied(test, (each) => each.waitsIn('pay'));
    await loan.instance.stop('SIGKILL');
    loan.instance = await place.start();
    await paidOnce(loan);
  });

  it('asks the partner again, if the partner has forgotten', async (test) => {
    const { place, loan } = await applied(test, (each) => each.waitsIn('identity'));
    await loan.instance.stop('SIGKILL'); // and with it the partner, before it answered
    loan.instance = await place.start();
    expect(await paidOnce(loan)).toContain('step-timed-out');
  });

  it('goes on after Ctrl-C, which lets the step end that runs', async (test) => {
    const { place, loan } = await applied(test, (each) => each.runs('score'));
    const before = Date.now();
    await loan.instance.stop('SIGTERM');
    expect(Date.now() - before).toBeLessThan(5000);
    loan.instance = await place.start();
    expect(await paidOnce(loan)).not.toContain('task-recovered');
  });
});
