/**
 * The definitions that all instances of an application share: the graph of each workflow version, and the documents that any
 * instance can run. Each instance stores its own definitions, and learns those of others.
 */
import { Logger } from '@nestjs/common';
import { reasonOf } from '../values/reason.js';
import type { WorkflowJson } from '../definition/workflow-json.js';
import { InvalidInputError, InvalidWorkflowError, StoreUnavailableError } from '../values/errors.js';
import type { ProcessStore } from '../store/process-store.js';
import { COUNTED } from '../store/store-counts.js';
import type { StoredDefinition } from '../store/port.js';
import { problemsAtBoot } from './boot-problems.js';
import type { BoundWorkflow } from './bound-workflow.js';
import type { DefinitionGuard } from './definition-guard.js';
import { catalogKey, type DefinitionKey, isSameDefinition, manyLive, titleOf, problemsIn, refusedAtRunTime, type DefinitionRow, rowOf, unused, versionFor, withVersion } from './definition-row.js'; // prettier-ignore
import type { WorkflowRegistry } from './registry.js';

const MOST_LOSSES = 10;
/** A row may be committed a little after its `updatedAt`. */
const MARGIN_MS = 10_000;

export class DefinitionCatalog {
  private readonly logger = new Logger('Workflow');
  /** The documents known here, as they were read, by name and version. */
  private readonly read = new Map<string, string>();
  /** Documents that cannot run here, and why. They may name a workflow that is learned later. */
  private readonly broken = new Map<string, { readonly row: StoredDefinition; readonly why: string }>();
  private since = 0;
  /** Grows with each definition or withdrawal here, so that `learn` notices one during its read. */
  private changes = 0;

  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
    /** Called when processes may have become runnable here. */
    private readonly learned: () => Promise<void>,
    readonly guard: DefinitionGuard,
    /** In development: ends live processes that began under another graph of this version. Null: that is refused. */
    private readonly endOutdated: ((version: DefinitionKey) => Promise<void>) | null = null,
  ) {}

  /* ---------------------------------------------------------------------- boot ---- */

  /** Called once the registry has all workflows of the application. @throws InvalidWorkflowError if live processes need another graph of one */
  async open(): Promise<void> {
    const stored = await this.store.maintenance.definitions();
    const problems: string[] = [];
    for (const bound of this.registry.all()) await this.bring(bound, stored).catch((error: unknown) => problems.push(...problemsIn(error)));
    if (problems.length > 0) throw problemsAtBoot(problems, this.registry.all().map(({ source }) => source.className)); // prettier-ignore
    await this.learn();
    await this.warnOfStrangers();
  }

  private async bring(bound: BoundWorkflow, stored: readonly StoredDefinition[]): Promise<void> {
    const { placed, withdrawn } = await this.record(bound, stored, false);
    if (placed !== bound) this.registry.remove(bound.definition.name, bound.definition.version);
    this.take(placed);
    if (!withdrawn) return;
    this.logger.warn(`${titleOf(placed)} was withdrawn, and stays so until define() brings it back.`);
    this.leave(placed.definition);
  }

  private async warnOfStrangers(): Promise<void> {
    const strangers = await this.store.queries.unknownVersions(this.registry.known(), COUNTED + 1);
    const lines = strangers.map(({ workflow, version, live }) => `${manyLive(live)} of "${workflow}" version ${version}`);
    if (lines.length > 0) this.logger.warn(`This application does not know the workflow of ${lines.join(', ')}: they stand still here.`);
  }

  /* --------------------------------------------------------------------- others ---- */

  /** Takes over what other instances have defined or withdrawn since the last call. */
  async learn(): Promise<void> {
    const { changes } = this;
    const rows = await this.store.maintenance.definitions(this.since);
    if (changes !== this.changes) return this.learn(); // what was read may be older than what this instance has written since
    const changed = rows.filter((row) => this.isNews(row));
    if (changed.length > 0) this.adoptAll(changed);
    this.since = Math.max(this.since, ...rows.map(({ updatedAt }) => updatedAt - MARGIN_MS));
    if (changed.length > 0) await this.learned();
  }

  /** Whether the table has a newer document or withdrawal. Code is never replaced. */
  private isNews({ name, version, document, withdrawn }: StoredDefinition): boolean {
    if (document === null) return false;
    const known = this.registry.find(name, version);
    if (known && !known.source.document) return false;
    return withdrawn ? !this.registry.isWithdrawn(name, version) : this.read.get(catalogKey({ name, version })) !== document;
  }

  /** Adopts documents in any order: it tries again while that helps, because one may name another as its child. */
  private adoptAll(rows: readonly StoredDefinition[]): void {
    for (const row of rows) this.broken.set(catalogKey(row), { row, why: '' });
    for (let left = Infinity; this.broken.size < left;) {
      left = this.broken.size;
      for (const { row } of this.broken.values()) {
        const why = this.adopt(row);
        if (why === null) this.broken.delete(catalogKey(row));
        else this.broken.set(catalogKey(row), { row, why });
      }
    }
    for (const row of rows) this.giveUp(row);
  }

  /** Null: adopted. Otherwise the reason why not. */
  private adopt(row: StoredDefinition): string | null {
    if (row.withdrawn) {
      this.leave(row);
      this.logger.log(`"${row.name}" version ${row.version} has been withdrawn.`);
      return null;
    }
    this.read.set(catalogKey(row), row.document!);
    try {
      this.registry.add(withVersion(this.made(JSON.parse(row.document!)), row.version));
      this.logger.log(`"${row.name}" version ${row.version} is known from the database.`);
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  }

  private giveUp({ name, version }: StoredDefinition): void {
    const found = this.broken.get(catalogKey({ name, version }));
    if (!found) return;
    this.registry.remove(name, version);
    this.logger.warn(`"${name}" version ${version} cannot run here, and its processes are left alone: ${found.why}`);
  }

  /* --------------------------------------------------------------- at run time ---- */

  /** @throws InvalidWorkflowError with all problems of the document, or if live processes need another graph of its version; NotAllowedError */
  async define(document: WorkflowJson, actor?: string): Promise<void> {
    await this.guard.checkDefinition(document, actor);
    this.take((await this.written(document).catch(refusedAtRunTime)).placed);
    await this.learned();
  }

  private async written(document: WorkflowJson): Promise<{ placed: BoundWorkflow }> {
    return this.record(this.made(document), await this.store.maintenance.definitions(), true);
  }

  /** @throws InvalidInputError for a workflow that is code, UnknownWorkflowError, NotAllowedError */
  async withdraw(name: string, version?: number, actor?: string): Promise<void> {
    await this.guard.checkWithdrawal(name, actor);
    await this.withdrawAll(name, version);
  }

  private async withdrawAll(name: string, version: number | undefined): Promise<void> {
    const rows = (await this.store.maintenance.definitions()).filter((row) => row.name === name && (version === undefined || row.version === version));
    if (rows.length === 0) this.registry.get(name, version);
    const documents = rows.filter(({ document }) => document !== null);
    if (documents.length === 0) throw new InvalidInputError('workflow', [`"${name}" is code: take its class out of the providers instead`]);
    for (const row of documents) await this.takeBack(row);
  }

  private async takeBack({ updatedAt: _at, ...row }: StoredDefinition): Promise<void> {
    const isWritten = row.withdrawn || (await this.store.maintenance.keepDefinition({ ...row, withdrawn: true }, row.fingerprint));
    if (!isWritten) return this.withdrawAll(row.name, row.version); // another caller has just defined it again
    this.leave(row);
  }

  /** Stores a definition under its version. After a lost race, reads the table again and repeats. */
  private async record(bound: BoundWorkflow, known: readonly StoredDefinition[], returns: boolean): Promise<{ placed: BoundWorkflow; withdrawn: boolean }> {
    for (let losses = 0, stored = known; losses < MOST_LOSSES; losses++, stored = await this.store.maintenance.definitions()) {
      const rows = stored.filter(({ name }) => name === bound.definition.name);
      const placed = withVersion(bound, versionFor(bound, rows));
      const before = rows.find(({ version }) => version === placed.definition.version);
      const row = rowOf(placed, !returns && before?.withdrawn === true);
      if (before && isSameDefinition(before, row)) return { placed, withdrawn: row.withdrawn };
      await this.check(placed, row, before, rows);
      if (await this.store.maintenance.keepDefinition(row, before?.fingerprint ?? null)) return { placed, withdrawn: row.withdrawn };
    }
    throw new StoreUnavailableError(`too many others define "${bound.definition.name}" at the same time`);
  }

  private async check(placed: BoundWorkflow, row: DefinitionRow, before: StoredDefinition | undefined, rows: readonly StoredDefinition[]): Promise<void> {
    if (!before) return;
    if (row.document !== null && before.document === null)
      throw new InvalidWorkflowError(titleOf(placed), [`${titleOf(placed)} is code: give the document another name or version.`]);
    if (before.fingerprint === row.fingerprint) return;
    await this.endOutdated?.(placed.definition);
    unused(placed, rows, await this.store.queries.census());
  }

  private take(placed: BoundWorkflow): void {
    this.changes++;
    this.registry.add(placed);
    if (placed.source.document) this.read.set(catalogKey(placed.definition), JSON.stringify(placed.source.document));
  }

  private leave({ name, version }: DefinitionKey): void {
    this.changes++;
    this.read.delete(catalogKey({ name, version }));
    this.registry.withdraw(name, version);
  }

  private made(document: unknown): BoundWorkflow {
    if (!this.registry.compiler) throw new Error('The application has not booted.');
    return this.registry.compiler.make(document);
  }
}
