import { OPTION_KINDS, type OptionChecks } from '../context/call-checks.js';
import { API_OPTION_CHECKS, type WorkflowApiExtras, type WorkflowApiOptions } from '../api/api-options.js';

/** Data of a process, as the console is about to show it. */
export interface ShownData {
  /**
   * `context`: values of the context, by key. `result`: what a step returned, which is mostly values by key, too. `message`: a response, an
   * event, an input, or a message that a step has sent.
   */
  readonly kind: 'context' | 'result' | 'message';
  /** Plain JSON. */
  readonly value: unknown;
}

/** Who may do what in the console, and what it shows. Each function gets the request as the platform (Express, Fastify) and your guards have left it. */
export interface WorkflowConsoleOptions extends WorkflowApiOptions {
  /**
   * What is shown in place of data of a process: give back the value, or another one. Called for each piece of data before it leaves
   * the application. Texts of errors and logs are not given: `redact` of `WorkflowModule` takes secrets out of them before they are stored.
   * Default: all data is shown.
   */
  readonly mask?: (request: any, data: ShownData) => unknown;
  /** The name of the application, in the title of the page. Default `Workflows`. */
  readonly title?: string;
  /** The environment, such as `production`: shown beside the title. Default: none. */
  readonly environment?: string;
  /** How many pages may follow changes at once on this instance. Further ones ask again and again. Default 100. */
  readonly maxStreams?: number;
}

/** Options that shape the module graph, and so cannot come from a factory. */
export interface WorkflowConsoleExtras extends Pick<WorkflowApiExtras, 'imports' | 'allowAnonymous'> {
  /** Where the console is, below the global prefix. Default `workflow-console`. */
  readonly path?: string;
  /** Guards of pages, assets and routes: they let a request in, or not. What they inject is provided by `imports`. */
  readonly guards?: WorkflowApiExtras['guards'];
}

/** Options by a factory. */
export interface WorkflowConsoleAsyncOptions extends WorkflowConsoleExtras {
  readonly inject?: any[];
  readonly useFactory: (...args: any[]) => WorkflowConsoleOptions | Promise<WorkflowConsoleOptions>;
}

export const DEFAULT_CONSOLE_PATH = 'workflow-console';
export const DEFAULT_TITLE = 'Workflows';

const { text, whole, method } = OPTION_KINDS;
const { rights, actor, maySee, path, guards, imports, allowAnonymous } = API_OPTION_CHECKS as Required<typeof API_OPTION_CHECKS>;

export const CONSOLE_OPTION_CHECKS: OptionChecks = {
  ...{ rights: rights!, actor: actor!, maySee: maySee!, path: path!, guards: guards!, imports: imports!, allowAnonymous: allowAnonymous! },
  mask: method,
  title: text(100),
  environment: text(50),
  maxStreams: whole(1),
};

/** The injection token of the extras. */
export const CONSOLE_EXTRAS = Symbol('WORKFLOW_CONSOLE_EXTRAS');
