import { ConsoleLogger } from '@nestjs/common';

const CHATTER = [
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestMicroservice',
  'NestApplication',
];

/** Nest's logger, without what it tells of its own boot. */
export class QuietLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]) {
    if (!CHATTER.includes(String(rest.at(-1)))) super.log(message, ...(rest as [string]));
  }
}
