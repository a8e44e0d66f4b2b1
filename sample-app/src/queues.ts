/** The task queues, wherever they live: how many tasks an instance does at once. Default 10. */
export const queues = {
  checks: {},
  payments: {},
  evening: {},
  letters: {},
  downloads: { concurrency: 4 },
  nodes: { concurrency: 1 }, // so that several instances share them
};
