import 'reflect-metadata';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import * as api from 'nestjs-argonaut/api';
import * as bull from 'nestjs-argonaut/bull';
import * as console from 'nestjs-argonaut/console';
import * as eventEmitter from 'nestjs-argonaut/event-emitter';
import * as index from 'nestjs-argonaut';
import * as ports from 'nestjs-argonaut/ports';
import * as prometheus from 'nestjs-argonaut/prometheus';
import * as terminus from 'nestjs-argonaut/terminus';
import * as testing from 'nestjs-argonaut/testing';

const ROOT = join(import.meta.dirname, '..');
const ENTRIES = [join(ROOT, 'lib/index.ts')];
const names = (exported: object) => Object.keys(exported).sort();

describe('what there is at run time', () => {
  it('nestjs-argonaut', () => {
    expect(names(index)).toEqual([
      'AuditRecord', 'BulkNotFoundError', 'BulkRunLiveError', 'Clock', 'HandlesEvent', 'HandlesInput', 'HandlesResponse', 'HttpSender', 'InboxFullError', 'InvalidInputError', 'InvalidWorkflowError', 'MessageNotFoundError', 'MessageSender', 'NotAllowedError', 'NotPausedError', 'NotWaitingError',
      'Process', 'ProcessAlreadyLiveError', 'ProcessArchive', 'ProcessContext', 'ProcessFinishedError', 'ProcessLiveError', 'ProcessNotFoundError', 'SchemaError', 'Searchable', 'StartsProcess', 'Step',
      'StoreUnavailableError', 'UnknownStepError', 'UnknownWorkflowError', 'UnreadableMessageError', 'UnserialisableValueError', 'ValueTooLargeError', 'Wait', 'Workflow',
      'WorkflowAckInterceptor', 'WorkflowError', 'WorkflowModule', 'WorkflowService', 'again', 'asked', 'databaseTaskQueue', 'done', 'fail', 'go', 'logFields', 'ndjsonArchive', 'pause', 'workflowEntities',
      'workflowMigrations', 'workflowSchema',
    ]); // prettier-ignore
  });
  it('nestjs-argonaut/ports', () =>
    expect(names(ports)).toEqual([
      'Announcer',
      'CommitStore',
      'MaintenanceStore',
      'OperatingStore',
      'OutboxStore',
      'ProcessStore',
      'QueryStore',
      'TaskQueue',
      'TransactionLostError',
      'UNCLAIMED',
      'UNCLAIMED_NEW',
      'isFinished',
      'valuesOf',
    ]));
  it('nestjs-argonaut/testing', () => {
    expect(names(testing)).toEqual([
      'VirtualClock',
      'WorkflowHarness',
      'WorkflowTestingModule',
      'aStep',
      'assertValid',
      'fixtureOf',
      'memoryProcessStore',
      'memoryTaskQueue',
      'processStoreContract',
      'shuffles',
      'taskQueueContract',
    ]);
  });
  it('nestjs-argonaut/api', () => expect(names(api)).toEqual(['WorkflowApi', 'WorkflowApiModule']));

  it('nestjs-argonaut/bull', () => expect(names(bull)).toEqual(['bullTaskQueue']));

  it('nestjs-argonaut/console', () => expect(names(console)).toEqual(['WorkflowConsoleModule']));

  it('nestjs-argonaut/event-emitter', () => expect(names(eventEmitter)).toEqual(['WorkflowEventsModule']));

  it('nestjs-argonaut/prometheus', () => expect(names(prometheus)).toEqual(['WorkflowMetricsModule']));

  it('nestjs-argonaut/terminus', () => expect(names(terminus)).toEqual(['WorkflowHealthIndicator']));

  it('every error says its status and its name, and is a WorkflowError', () => {
    const errors = Object.entries(index).filter(([name]) => name.endsWith('Error') && name !== 'WorkflowError') as unknown as [
      string,
      new (...args: any[]) => index.WorkflowError,
    ][];
    for (const [name, type] of errors) {
      const error = new type('a', ['b'], ['c'], 'd');
      expect(error).toBeInstanceOf(index.WorkflowError);
      expect(error.name).toBe(name);
      expect(error.getResponse()).toMatchObject({ statusCode: error.getStatus(), error: name, message: error.message });
    }
    expect(errors).toHaveLength(20);
  });
});

describe('what is said of it', () => {
  let undocumented: string[];
  let exported: string[];
  beforeAll(() => {
    const config = ts.getParsedCommandLineOfConfigFile(join(ROOT, 'tsconfig.json'), {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} })!;
    const program = ts.createProgram(ENTRIES, config.options);
    const checker = program.getTypeChecker();
    const all = ENTRIES.flatMap((entry) =>
      checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!).map((symbol) => ({ entry, symbol })),
    );
    const own = all.map(({ entry, symbol }) => ({
      entry,
      name: symbol.name,
      of: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    }));
    exported = own.map(({ name }) => name);
    undocumented = own.filter(({ of }) => of.getDocumentationComment(checker).length === 0).map(({ entry, name }) => `${entry.slice(ROOT.length + 1)}: ${name}`); // prettier-ignore
  }, 60_000);

  it('every public name has a sentence where it is declared', () => {
    expect(exported.length).toBeGreaterThan(70);
    expect(undocumented).toEqual([]);
  });
});
