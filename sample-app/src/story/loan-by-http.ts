import { type Instance, until } from './instance.js';

/** What GET /loans/:reference gives, as JSON. */
export interface LoanView {
  readonly processId: string;
  readonly status: string;
  readonly cause: string | null;
  readonly waitingFor: { step: string; kind: string; worker: string | null }[];
  readonly contextVersion: number;
  readonly loan: Record<string, unknown>;
}

export interface HistoryRow {
  readonly sequence: number;
  readonly type: string;
  readonly step: string | null;
  readonly run: number | null;
  readonly contextVersion: number;
  readonly worker: string | null;
  readonly detail: string | null;
  readonly error: string | null;
  readonly reason: string | null;
  readonly createdAt: string;
}

export interface Version {
  readonly version: number;
  readonly changes: { key: string; before?: unknown; after?: unknown; step: string }[];
  readonly loan: Record<string, unknown>;
}

/** One loan, over HTTP, on whatever instance is there. */
export class LoanByHttp {
  constructor(
    public instance: Instance,
    readonly reference: string,
  ) {}

  apply(more: object = {}): Promise<LoanView> {
    const applicant = { name: 'Ada Lovelace', birthday: '1990-12-10' };
    return this.instance.post('/loans', { reference: this.reference, applicant, amount: '2500.00', ...more });
  }

  get = (): Promise<LoanView> => this.instance.get(`/loans/${this.reference}`);
  history = (): Promise<HistoryRow[]> => this.instance.get(`/loans/${this.reference}/history`);
  versions = (): Promise<Version[]> => this.instance.get(`/loans/${this.reference}/versions`);
  tell = <T = LoanView>(what: string, body: object = {}): Promise<T> =>
    this.instance.post(`/loans/${this.reference}/${what}`, body);

  waitsIn(step: string): Promise<void> {
    return until(`waiting in ${step}`, async () => (await this.get()).waitingFor.some((wait) => wait.step === step));
  }

  /** A worker has taken this task and its body runs. */
  async runs(step: string): Promise<string> {
    let worker: string | null = null;
    await until(`running ${step}`, async () => {
      worker = (await this.get()).waitingFor.find((wait) => wait.step === step)?.worker ?? null;
      return worker !== null;
    });
    return worker!;
  }

  async ends(): Promise<LoanView> {
    await until('at its end', async () => ['completed', 'cancelled', 'failed'].includes((await this.get()).status));
    return this.get();
  }
}
