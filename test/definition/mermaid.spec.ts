import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { type Flow, Step, Workflow } from 'nestjs-argonaut';
import { compileWrittenOrder } from '../../lib/definition/written-order.js';
import { drawMermaid } from '../../lib/definition/mermaid.js';
import { sourceOf } from '../../lib/workflows/explorer.js';
import { AsyncWorkflow } from '../wolfi/samples.js';
import { definitionOf } from './graphs.js';
import { aDefinition, aStepNode } from '../core/builders.js';

const wolfi = () => compileWrittenOrder(sourceOf(AsyncWorkflow, Object.create(AsyncWorkflow.prototype as object) as object)).definition;

describe('a drawing', () => {
  it('of the asynchronous sample', () => {
    expect(drawMermaid(wolfi())).toMatchInlineSnapshot(`
      "flowchart TD
        begin(( )) --> n0
        n0["credit<br>asks: askCredit"]
        n1["stock<br>asks: askStock"]
        n2["bill<br>after 3 h<br>queue evening"]
        subgraph n3["letters (all)"]
          n3fork{{" "}}
          n4["print<br>queue letters"]
          n5["mail<br>queue letters"]
          n3join((all))
        end
        n6["close<br>when its condition holds"]
        n7>"waitForAlert<br>on alert"]
        n0 --> n1
        n1 --> n2
        n2 --> n3fork
        n3fork --> n4
        n3fork --> n5
        n3join --> n6
        n4 --> n3join
        n5 --> n3join
        n6 --> done
        done((( )))"
    `);
  });

  it('names nodes it draws, and no others', () => {
    const lines = drawMermaid(wolfi(), ['bill', 'nowhere']).split('\n');
    const drawn = new Set(lines.flatMap((line) => /^ +(?:subgraph )?(\w+)[[{(>]/.exec(line)?.[1] ?? []));
    const used = lines.flatMap((line) => /^ +(\w+)\S* -.*> ?(?:\|.*\| )?(\w+)$/.exec(line)?.slice(1) ?? []);
    expect(used.filter((id) => !drawn.has(id))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('  class '))).toHaveLength(1);
  });

  it('of every kind of node', () => {
    @Step()
    class Pack {
      run() {}
      compensate() {}
    }
    @Workflow({ name: 'kinds', within: '30 days' })
    class Kinds {
      flow(flow: Flow<object>) {
        return flow
          .decide(this.choose, { yes: (f) => f.then(Pack), no: (f) => f })
          .stage('limits', (s) => s.then(this.review), { within: '2 days', overdue: { after: '1 day', do: 'remind' } })
          .if(() => true)
          .do((f) => f.forEach(() => [1], { concurrency: 2 }).do((each) => each.then(this.box)))
          .any((f) => f.waitFor('paid'), (f) => f.after('1 day').end())
          .stage('named', (s) => s.then(this.close).onError({ next: 'apologise' })); // prettier-ignore
      }
      @Step() choose(): 'yes' | 'no' {
        return 'yes';
      }
      @Step({ input: class Wanted { by = ''; } }) review() {} // prettier-ignore
      @Step({ child: 'boxing' }) box() {}
      @Step() close() {}
      @Step() apologise() {}
      remind() {}
    }
    expect(drawMermaid(definitionOf(Kinds, { steps: [Pack] }), ['review'])).toMatchInlineSnapshot(`
      "flowchart TD
        begin(( )) --> n1
        subgraph n0["kinds (within)<br>within 30 d"]
          n1{"choose"}
          n2["Pack"]
          n2 -.- n2undo>"undo"]
          subgraph n3["limits<br>within 2 d<br>overdue after 1 d"]
            n4["review<br>input"]
          end
          n5{"if"}
          subgraph n6["forEach<br>for each item, 2 at once"]
            n6fork{{" "}}
            n7["box<br>child boxing"]
            n6join((all))
          end
          subgraph n8["any"]
            n8fork{{" "}}
            n9["paid<br>on paid"]
            n10["after 1 day<br>after 1 d"]
            n8join((any))
          end
          n11["close<br>stage named"]
          n12["apologise"]
        end
        n1 -->|yes| n2
        n1 -->|no| n4
        n2 --> n4
        n4 --> n5
        n5 -->|yes| n6fork
        n5 -->|no| n8fork
        n6fork --> n7
        n6join --> n8fork
        n7 --> n6join
        n8fork --> n9
        n8fork --> n10
        n8join --> n11
        n9 --> n8join
        n10 --> n8join
        n11 --> done
        n11 -.->|fails| n12
        n12 --> done
        done((( )))
        class n4 here
        classDef here stroke-width:4px"
    `);
  });

  it('is not broken by a name', () => {
    const name = '"><script> & end';
    expect(drawMermaid(aDefinition([aStepNode(name)]))).toContain('["#34;#62;#60;script#62; #38; end"]');
  });
});
