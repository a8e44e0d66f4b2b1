import { it } from 'vitest';
import { launch } from './test/console-ui/chromium.js';
import { Visit } from './test/console-ui/visit.js';
it('shots', async () => {
  const base = 'http://127.0.0.1:3100/workflow-console/';
  const browser = await launch();
  const find = async (q: string) => (await (await fetch(`${base}api/processes?${q}&limit=1`)).json()).items[0]?.id;
  const paths: Record<string, string> = { attention: '', processes: 'processes', workflows: 'workflows', loan: 'workflows/loan', queues: 'queues', 
    upload: 'processes/' + await find('workflow=file-upload&status=waiting'), suspended: 'processes/' + await find('workflow=on-error&status=suspended'), order: 'processes/' + await find('workflow=order-3'), pizza: 'processes/' + await find('workflow=PizzaWorkflow'), loanp: 'processes/' + await find('workflow=loan&status=completed'), hist: 'processes/' + await find('workflow=loan&status=completed')+'?part=history', orderw: 'workflows/OrderWorkflow', libero: 'workflows/IngestArticleXMLWorkflow' };
  const only = process.env.ONLY?.split(',');
  for (const [width, height] of [[1280, 900], [360, 740]] as const) for (const colorScheme of (process.env.SCHEMES?.split(',') ?? ['light']) as ('light'|'dark')[]) {
    const visit = await Visit.open(browser, base, { viewport: { width, height }, colorScheme });
    for (const [name, path] of Object.entries(paths)) {
      if (only && !only.includes(name)) continue;
      await visit.to(path);
      await visit.page.waitForTimeout(800);
      const over = await visit.sideways(); if (over) console.log('SIDEWAYS', name, width, over);
      await visit.page.screenshot({ path: `/tmp/wt/shots/real-${name}-${width}-${colorScheme}.png`, fullPage: true });
      if (width === 1280) console.log(name, (await visit.violations()).join('\n'));
    }
    console.log(visit.faults.join('\n'));
    await visit.page.context().close();
  }
  await browser.close();
}, 240_000);
