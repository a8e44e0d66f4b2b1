// For the tests of an application with workflows, and of adapters.
export { WorkflowTestingModule, type TestEnvironmentOptions, type WorkflowTestingOptions } from './testing/workflow-testing.module.js';
export { WorkflowHarness, type Replay, type ReplayOptions } from './testing/workflow-harness.js';
export type { ProcessProbe } from './testing/process-probe.js';
export type { CrashPoint } from './testing/worker-crashes.js';
export { VirtualClock } from './testing/virtual-clock.js';
export { memoryTaskQueue } from './queue/memory/memory-queue-adapter.js';
export { memoryProcessStore } from './store/memory/memory-store-adapter.js';
export { fixtureOf, type FixtureRecord, type ProcessFixture } from './testing/process-fixture.js';
export { shuffles, type ShuffleOptions } from './testing/shuffles.js';
export { aStep } from './testing/step-ref.js';
export { assertValid } from './testing/assert-valid.js';
export { processStoreContract, type StoreUnderTest } from './testing/process-store.contract.js';
export { taskQueueContract } from './testing/task-queue.contract.js';
export type { ContractQueues, TaskQueueUnderTest } from './testing/contract/queue-bench.js';
export type { ProcessStore } from './store/process-store.js';
export type { TaskQueue } from './queue/task-queue.js';
export type { Adapter } from './values/adapter.js';
export type { TestKit } from './testing/kit.js';
