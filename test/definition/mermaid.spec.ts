import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { compileWrittenOrder } from '../../lib/definition/written-order.js';
import { drawMermaid } from '../../lib/definition/mermaid.js';
import { sourceOf } from '../../lib/runtime/explorer.js';
import { AsyncWorkflow } from '../wolfi/samples.js';
import { aDefinition, aStepNode } from '../core/builders.js';

const wolfi = () => compileWrittenOrder(sourceOf(AsyncWorkflow, Object.create(AsyncWorkflow.prototype as object) as object));

describe('a drawing', () => {
  it('of the asynchronous sample', () => {
    expect(drawMermaid(wolfi())).toMatchInlineSnapshot(`
      "flowchart TD
        begin(( )) --> n0
        n0["credit<br>asks: askCredit"]
        n1["stock<br>asks: askStock"]
        n2["bill<br>after 3 h<br>queue evening"]
        n3{{"letters (all)"}}
        n4["print<br>queue letters"]
        n5["mail<br>queue letters"]
        n6["close<br>when its condition holds"]
        n7>"waitForAlert<br>on alert"]
        n0 --> n1
        n1 --> n2
        n2 --> n3
        n3 --> n4
        n3 --> n5
        n6 --> done
        n3join((all))
        n4 --> n3join
        n5 --> n3join
        n3join --> n6
        done((( )))"
    `);
  });

  it('names nodes it draws, and no others', () => {
    const lines = drawMermaid(wolfi(), ['bill', 'nowhere']).split('\n');
    const drawn = new Set(lines.flatMap((line) => /^ {2}(\w+)[[{(>]/.exec(line)?.[1] ?? []));
    const used = lines.flatMap((line) => /^ {2}(\w+)\S* -.*> ?(?:\|.*\| )?(\w+)$/.exec(line)?.slice(1) ?? []);
    expect(used.filter((id) => !drawn.has(id))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('  class '))).toHaveLength(1);
  });

  it('is not broken by a name', () => {
    const name = '"><script> & end';
    expect(drawMermaid(aDefinition([aStepNode(name)]))).toContain('["#34;#62;#60;script#62; #38; end"]');
  });
});
