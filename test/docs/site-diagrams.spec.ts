import { join } from 'node:path';
import { createMarkdownRenderer } from 'vitepress';
import { describe, expect, it } from 'vitest';
import site from '../../site/.vitepress/config.mjs';
import { pictureOf } from '../../site/diagrams/picture.js';
import { documents, root } from './document.js';

const drawn = documents()
  .map(({ path, text }) => ({ path, text, blocks: [...text.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map(([, block]) => block!) }))
  .filter(({ blocks }) => blocks.length > 0);

describe('The site of the documents', () => {
  it('has documents with diagrams', () => expect(drawn.length).toBeGreaterThan(5));

  it.each(drawn)(
    'draws each Mermaid block of $path, and keeps its text',
    async ({ path, text, blocks }) => {
      const page = (await createMarkdownRenderer(join(root, 'site'), site.markdown)).render(text, { path, relativePath: path });
      expect(page.match(/<svg class="diagram"/g)).toHaveLength(blocks.length);
      expect(page.match(/language-mermaid/g)).toHaveLength(blocks.length);
    },
    60_000,
  );

  it.each(drawn.flatMap(({ path, blocks }) => blocks.map((block) => [path, block] as const)))(
    'leaves no line and no word of a diagram out: %s %s',
    (_path, block) => {
      const picture = pictureOf(block);
      expect(picture.match(/<path class="line/g) ?? []).toHaveLength([...block.matchAll(/ (-->|-\.->|-\.-)/g)].length);
      const written = [...picture.matchAll(/<text[^>]*>([^<]*)</g)].map(([, word]) => word!);
      expect(wordsIn(block).filter((word) => !written.includes(word))).toEqual([]);
      expect(picture).not.toMatch(/NaN|undefined/);
    },
  );

  it('draws characters that Mermaid, HTML and Vue know as their own', () => {
    expect(pictureOf('flowchart TD\n  n0["a #34;b#34; #60;c#62; {{d}}"]')).toContain('>a &#34;b&#34; &#60;c&#62; &#123;&#123;d&#125;&#125;</text>');
  });

  it('makes room for the title of a box, above the shapes in it', () => {
    const picture = pictureOf(
      'flowchart TD\n  begin(( )) --> n1\n  subgraph n0["Order<br>overdue after 1 h"]\n    n1["order"]\n  end\n  n1 --> done\n  done((( )))',
    );
    const lastTitle = Math.max(...[...picture.matchAll(/class="title" x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) => Number(y)));
    const shape = Number(/class="shape" x="[\d.]+" y="([\d.]+)"/.exec(picture)![1]);
    expect(shape).toBeGreaterThan(lastTitle);
  });

  it.each([
    ['sequenceDiagram\n  a->>b: hello', 'A Mermaid block begins with "sequenceDiagram"'],
    ['flowchart TD\n  n0 ==> n1', 'The site cannot draw the Mermaid line "n0 ==> n1"'],
    ['flowchart TD\n  n0["a"]\n  n0 --> n1', 'A line leads to "n1", which is no shape'],
  ])('is not built with a block that would be drawn wrong: %s', (block, message) => expect(() => pictureOf(block)).toThrow(message));
});

function wordsIn(block: string): string[] {
  const labels = [...block.matchAll(/[[{>]"([^"]+)"|\|([^|]+)\||: (.+)$|\(\((\w+)\)\)/gm)].flatMap((found) => found.slice(1).filter(Boolean));
  return labels.flatMap((label) => label!.split('<br>')).filter((word) => word.trim() !== '');
}
