/** All metrics: their names, what they count, and their labels. No label holds the id of a process, a group id or a value. */
export const COUNTERS = {
  started: ['workflow_processes_started_total', 'Processes started.', ['workflow', 'version']],
  finished: ['workflow_processes_finished_total', 'Processes that have completed or were cancelled.', ['workflow', 'outcome']],
  failed: ['workflow_processes_failed_total', 'Processes that have failed, and wait for a person.', ['workflow', 'step']],
  retries: ['workflow_step_retries_total', 'Bodies that ran again because an attempt had failed.', ['workflow', 'step']],
  overdue: ['workflow_step_overdue_total', 'Step runs that took longer than their overdue.', ['workflow', 'step']],
  responses: ['workflow_responses_total', 'Responses, events and inputs that came to a process, by what became of them.', ['workflow', 'step', 'result']],
  takeovers: ['workflow_takeovers_total', 'Processes and tasks taken over from workers that were gone.', ['workflow', 'what']],
  actions: ['workflow_admin_actions_total', 'What people did to processes.', ['action']],
  parked: ['workflow_messages_parked_total', 'Outgoing messages that are not tried again until a person replays them.', ['workflow', 'sender']],
  connectionWaits: ['workflow_connection_wait_seconds_total', 'How long transactional steps have waited for a connection.', []],
  blocked: ['workflow_event_loop_blocked_seconds_total', 'How long the event loop did not turn, in blocks of more than 0.1 s.', []],
} as const;

export const HISTOGRAMS = {
  processes: ['workflow_process_duration_seconds', 'From the start of a process to its end.', ['workflow', 'outcome']],
  bodies: ['workflow_step_duration_seconds', 'How long the body of a step ran.', ['workflow', 'step', 'type', 'result']],
  tasks: ['workflow_task_queue_wait_seconds', 'How long a task that was ready waited for a worker.', ['queue']],
} as const;

/** Those of this instance. */
export const INSTANCE_GAUGES = {
  connections: ['workflow_connection_waiting', 'Transactional steps that wait for a connection.', []],
} as const;

/** Those of the database, the same on every instance. */
export const STORE_GAUGES = {
  up: ['workflow_database_up', '1: the gauges of the database are of this scrape, or a little older. 0: they could not be read, and are left out.', []],
  live: ['workflow_processes', 'Live processes.', ['workflow', 'status']],
  unclaimed: ['workflow_processes_unclaimed', 'Processes that can run and that no worker has claimed.', []],
  waiting: ['workflow_waiting_oldest_seconds', 'How long the oldest wait for a message or a child lasts.', ['workflow', 'step']],
  late: ['workflow_overdue', 'Step runs that take longer than their overdue.', ['workflow', 'step']],
  depth: ['workflow_task_queue_depth', 'Tasks: ready, later or taken.', ['queue', 'state']],
  oldest: ['workflow_task_oldest_ready_seconds', 'For how long the oldest ready task has been ready. 0: none is.', ['queue']],
} as const;
