// One instance of an application, in a process of its own: a thing that can be killed. Its options, and the built file that runs it.
const { runInstance } = await import(process.argv[3]);
await runInstance(JSON.parse(process.argv[2]));
