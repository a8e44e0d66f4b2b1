import type { ModulesContainer } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import { InvalidWorkflowError } from '../../values/errors.js';

/** What an application without data sources has to import. */
const IMPORT = 'import TypeOrmModule.forRoot({ ..., autoLoadEntities: true }) in the root module';

/**
 * Says why Nest has injected no data source. What is optional is left out, too, where its factory has failed, as for a database that is down:
 * but then that error ends the boot before this one does.
 * @throws InvalidWorkflowError
 */
export function refuseMissing(modules: ModulesContainer, name: string): never {
  const [owner] = modulesWith(modules, name);
  throw new InvalidWorkflowError('the modules of this application', [`WorkflowModule: ${owner === undefined ? none(modules, name) : hidden(owner, name)}`]);
}

function none(modules: ModulesContainer, name: string): string {
  const [other, ...more] = new Set([...modules.values()].flatMap(dataSourcesOf));
  if (other === undefined) return `there is no data source "${name}": ${IMPORT}${name === 'default' ? '' : `, with name: '${name}'`}.`;
  const remedy = other === 'default' ? 'leave out `dataSource`' : `say WorkflowModule.forRoot({ dataSource: '${other}' })`;
  return `there is no data source "${name}", only ${[other, ...more].map((each) => `"${each}"`).join(' and ')}: ${remedy}, or give TypeOrmModule.forRoot() that name.`;
}

function hidden(owner: string, name: string): string {
  return `the data source "${name}" is a provider of ${owner}, which does not share it: export it there, and put @Global() on ${owner}.`;
}

function modulesWith(modules: ModulesContainer, name: string): string[] {
  return [...modules.values()].flatMap((each) => (each.providers.has(getDataSourceToken(name) as never) ? each.name : []));
}

/** The names of the data sources that TypeOrmModule provides. */
function dataSourcesOf({ providers }: { readonly providers: ReadonlyMap<unknown, unknown> }): string[] {
  const named = [...providers.keys()].flatMap((token) => /^(.+)DataSource$/.exec(typeof token === 'string' ? token : '')?.[1] ?? []);
  return providers.has(getDataSourceToken()) ? ['default', ...named] : named;
}
