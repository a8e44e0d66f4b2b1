// The documents of this repository as a site that can be searched: `npm run docs:build`. They stay plain Markdown, as GitHub shows it.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type MarkdownOptions } from 'vitepress';
import { pictureOf } from '../diagrams/picture.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = /^(README|ARCHITECTURE|CHANGELOG|CONTRIBUTING|docs\/.*|(sample-app|bench)\/README)\.md$/;

export default defineConfig({
  srcDir: '..',
  srcExclude: ['!(docs|sample-app|bench)/**/*.md', '{sample-app,bench}/*/**/*.md', '{sample-app,bench}/!(README).md'],
  rewrites: { 'README.md': 'index.md' },
  title: 'Argonaut',
  description: 'Durable workflows for NestJS, as data',
  lastUpdated: false,
  ignoreDeadLinks: false,
  markdown: { anchor: { slugify: asGitHub }, config: (md) => [leadToPages, drawDiagrams].forEach((change) => change(md)) },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/docs/quick-start' },
      { text: 'Concepts', link: '/docs/flows' },
      { text: 'Guides', link: '/docs/guides/' },
      { text: 'Operate', link: '/docs/operating' },
      { text: 'Reference', link: '/docs/reference/' },
    ],
    sidebar: [
      section('Start', { 'First page': '/', 'Quick start': 'quick-start', Schematics: 'schematics', 'Sample application': '/sample-app/README', 'Coming from another engine': 'coming-from' }),
      section('Concepts', { Flows: 'flows', Handlers: 'handlers', Transports: 'transports', 'Messages out': 'outbox', 'Documents from others': 'documents', Testing: 'testing', 'How it works': '/ARCHITECTURE' }),
      section('Guides', {
        'All guides': 'guides/', Approval: 'guides/approval', 'Saga with a refund': 'guides/saga', Webhook: 'guides/webhook', RabbitMQ: 'guides/rabbitmq',
        'Deploys and versions': 'guides/versions', Tests: 'guides/tests', Tenants: 'guides/tenants', Operating: 'guides/operating',
        'Data protection': 'guides/data-protection', 'From Bull jobs': 'guides/from-bull',
      }),
      section('Operate', { Operating: 'operating', Console: 'console', Observing: 'observing', 'The life of data': 'data', 'Over HTTP': 'api', SQLite: 'sqlite', 'How fast it is': '/bench/README' }),
      section('Reference', {
        'All pages': 'reference/', Workflows: 'reference/workflow', Steps: 'reference/steps', Context: 'reference/context', Messages: 'reference/messages',
        Service: 'reference/service', 'Module options': 'reference/module-options', 'Task queues': 'reference/task-queues', Databases: 'reference/databases',
        Errors: 'reference/errors', Promises: 'reference/promises', 'Own adapters': 'own-adapters',
      }),
      section('More', { Decisions: 'decisions/README', Diagrams: 'diagrams/README', Changes: '/CHANGELOG', Contributing: '/CONTRIBUTING' }),
    ],
  },
}); // prettier-ignore

/** Pages that are there: another part of the repository may bring one later. */
function section(text: string, pages: Record<string, string>) {
  const items = Object.entries(pages).map(([title, page]) => ({ text: title, link: page.startsWith('/') ? page : `/docs/${page}` }));
  return { text, items: items.filter(({ link }) => existsSync(join(root, link === '/' ? 'README.md' : link.endsWith('/') ? `${link}index.md` : `${link}.md`))) };
}

/** Links between documents are the same here and on GitHub. */
function asGitHub(title: string): string {
  return title.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim().replaceAll(' ', '-'); // prettier-ignore
}

/** A Mermaid block is a drawing, made while the site is built. The text is kept beside it, to copy and for those who do not see drawings. */
function drawDiagrams(md: Parameters<NonNullable<MarkdownOptions['config']>>[0]): void {
  const plain = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, at, ...others) => {
    const { info, content } = tokens[at]!;
    const text = plain(tokens, at, ...others);
    return info.trim() !== 'mermaid' ? text : `<div class="diagram-room" v-pre>${pictureOf(content)}</div><details class="diagram-text"><summary>As text (Mermaid)</summary>${text}</details>`;
  };
}

/** README is the first page. A link to a file of code leads to no page, so its text stands alone. */
function leadToPages(md: Parameters<NonNullable<MarkdownOptions['config']>>[0]): void {
  md.core.ruler.push('lead-to-pages', ({ tokens, env }) => {
    const links = tokens.flatMap(({ children }) => children ?? []);
    links.forEach((token, at) => {
      if (token.type !== 'link_open') return;
      const [path = '', anchor] = (token.attrGet('href') ?? '').split('#');
      if (path === '' || /^[a-z]+:/.test(path)) return;
      const target = normalize(join(dirname(env.relativePath === 'index.md' ? 'README.md' : env.relativePath), decodeURI(path)));
      if (target === 'README.md') return token.attrSet('href', anchor === undefined ? '/' : `/#${anchor}`);
      if (PAGES.test(target)) return;
      token.attrs = [];
      for (const end of [token, links.slice(at).find(({ type }) => type === 'link_close')!]) end.tag = 'span';
    });
  });
}
