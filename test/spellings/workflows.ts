import { Injectable } from '@nestjs/common';
import { IsString } from 'class-validator';
import { again, type Digraph, fail, type Flow, Step, type StepRef, Workflow, type WorkflowJson } from '../../lib/index.js';

/** What a publishing house does with a manuscript, four times over: the same steps, told in each spelling. */
export class Manuscript {
  @IsString() title!: string;
  pages = 0;
  isLong = false;
  drafts = 0;
  isRough = true;
  chapters: string[] = [];
  read: string[] = [];
  editedBy?: string;
  cover?: string;
  blurb?: string;
  isbn?: string;
  advertised = false;
}

export class EditorDto {
  @IsString() editor!: string;
}

/** What the bodies do, and what they were seen to do. */
@Injectable()
export class House {
  readonly seen: string[] = [];
  private tries = 0;

  measure({ pages }: Manuscript) {
    return { isLong: pages > 300, chapters: pages > 300 ? ['one', 'two', 'three'] : ['one'] };
  }
  rewrite({ drafts }: Manuscript) {
    return { drafts: drafts + 1, isRough: drafts + 1 < 3 };
  }
  edit({ editor }: EditorDto) {
    return { editedBy: editor };
  }
  readChapter(item: string) {
    return { read: (all: string[]) => [...all, item].sort() };
  }
  /** Fails the first time it is asked. */
  number() {
    if (this.tries++ === 0) throw new Error('the agency is closed');
    return { isbn: '978-1' };
  }
  advertise() {
    return fail('nobody advertises');
  }
  wait(step: StepRef<number>) {
    return step.state === 1 ? undefined : again({ after: 1, state: 1 });
  }
}

/* --------------------------------------------------------- 1. the order written ---- */

@Workflow({ name: 'written', context: Manuscript })
export class Written {
  constructor(private readonly house: House) {}

  @Step() measure(book: Manuscript) { return this.house.measure(book); }
  @Step({ while: 'isRough' }) rewrite(book: Manuscript) { return this.house.rewrite(book); }
  @Step({ if: 'isLong', input: EditorDto }) edit(_book: Manuscript, input: EditorDto) { return this.house.edit(input); }
  @Step({ forEach: 'chapters' }) readChapter(_book: Manuscript, step: StepRef<unknown, string>) { return this.house.readChapter(step.item); }
  @Step({ parallel: 'jacket' }) cover() { return { cover: 'blue' }; }
  @Step({ parallel: 'jacket' }) blurb() { return { blurb: 'a must' }; }
  @Step({ retry: { attempts: 2, delay: 1 } }) number() { return this.house.number(); }
  @Step() dry(_book: Manuscript, step: StepRef<number>) { return this.house.wait(step); }
  @Step({ required: false }) advertise() { return this.house.advertise(); }
  @Step({ on: { event: 'printed', key: { title: 'title' }, skipAhead: true, reprocess: true } }) printed(_book: Manuscript, _event: unknown) {}
} // prettier-ignore

/* ---------------------------------------------------------------- 2. the builder ---- */

@Workflow({ name: 'built', context: Manuscript })
export class Built {
  constructor(private readonly house: House) {}

  flow(flow: Flow<Manuscript>) {
    return flow
      .startWith(this.measure)
      .while((book) => book.isRough).do((draft) => draft.then(this.rewrite))
      .if((book) => book.isLong).do((long) => long.then(this.edit))
      .forEach((book) => book.chapters).do((chapter) => chapter.then(this.readChapter))
      .all(
        (jacket) => jacket.then(this.cover),
        (jacket) => jacket.then(this.blurb))
      .then(this.number, { retry: { attempts: 2, delay: 1 } })
      .then(this.dry)
      .then(this.advertise, { required: false })
      .waitFor('printed', { title: (book) => book.title }, { skipAhead: true, reprocess: true });
  } // prettier-ignore

  @Step() measure(book: Manuscript) { return this.house.measure(book); }
  @Step() rewrite(book: Manuscript) { return this.house.rewrite(book); }
  @Step({ input: EditorDto }) edit(_book: Manuscript, input: EditorDto) { return this.house.edit(input); }
  @Step() readChapter(_book: Manuscript, step: StepRef<unknown, string>) { return this.house.readChapter(step.item); }
  @Step() cover() { return { cover: 'blue' }; }
  @Step() blurb() { return { blurb: 'a must' }; }
  @Step() number() { return this.house.number(); }
  @Step() dry(_book: Manuscript, step: StepRef<number>) { return this.house.wait(step); }
  @Step() advertise() { return this.house.advertise(); }
} // prettier-ignore

/* ---------------------------------------------------------------- 3. the digraph ---- */

/** A digraph has no forks: both sides of the jacket are made one after the other. */
@Workflow({ name: 'drawn', context: Manuscript })
export class Drawn {
  constructor(private readonly house: House) {}

  flow: Digraph<Drawn> = {
    start: ['measure'],
    measure: ['rewrite'],
    rewrite: ['isRough'],
    isRough: ['rewrite', 'isLong'],
    isLong: ['edit', 'readChapter'],
    edit: ['readChapter'],
    readChapter: ['cover'],
    cover: ['blurb'],
    blurb: ['number'],
    number: ['dry'],
    dry: ['advertise'],
    advertise: ['printed'],
  };

  @Step() measure(book: Manuscript) { return this.house.measure(book); }
  @Step() rewrite(book: Manuscript) { return this.house.rewrite(book); }
  @Step() isRough(book: Manuscript) { return book.isRough ? 0 : 1; }
  @Step() isLong(book: Manuscript) { return book.isLong ? 'edit' : 'readChapter'; }
  @Step({ input: EditorDto }) edit(_book: Manuscript, input: EditorDto) { return this.house.edit(input); }
  @Step({ forEach: 'chapters' }) readChapter(_book: Manuscript, step: StepRef<unknown, string>) { return this.house.readChapter(step.item); }
  @Step() cover() { return { cover: 'blue' }; }
  @Step() blurb() { return { blurb: 'a must' }; }
  @Step({ retry: { attempts: 2, delay: 1 } }) number() { return this.house.number(); }
  @Step() dry(_book: Manuscript, step: StepRef<number>) { return this.house.wait(step); }
  @Step({ required: false }) advertise() { return this.house.advertise(); }
  @Step({ on: { event: 'printed', key: { title: 'title' }, skipAhead: true, reprocess: true } }) printed(_book: Manuscript, _event: unknown) {}
} // prettier-ignore

/* ---------------------------------------------------------------------- 4. JSON ---- */

@Step() export class Measure { constructor(private readonly house: House) {} run(book: Manuscript) { return this.house.measure(book); } } // prettier-ignore
@Step() export class Rewrite { constructor(private readonly house: House) {} run(book: Manuscript) { return this.house.rewrite(book); } } // prettier-ignore
@Step({ input: EditorDto }) export class Edit { constructor(private readonly house: House) {} run(_book: Manuscript, step: StepRef<unknown, unknown, EditorDto>) { return this.house.edit(step.message); } } // prettier-ignore
@Step() export class ReadChapter { constructor(private readonly house: House) {} run(_book: Manuscript, step: StepRef<unknown, string>) { return this.house.readChapter(step.item); } } // prettier-ignore
@Step() export class Cover { run() { return { cover: 'blue' }; } } // prettier-ignore
@Step() export class Blurb { run() { return { blurb: 'a must' }; } } // prettier-ignore
@Step() export class NumberIt { constructor(private readonly house: House) {} run() { return this.house.number(); } } // prettier-ignore
@Step() export class Dry { constructor(private readonly house: House) {} run(_book: Manuscript, step: StepRef<number>) { return this.house.wait(step); } } // prettier-ignore
@Step() export class Advertise { constructor(private readonly house: House) {} run() { return this.house.advertise(); } } // prettier-ignore
@Step() export class Printed { run() {} } // prettier-ignore

export const JSON_STEPS = [Measure, Rewrite, Edit, ReadChapter, Cover, Blurb, NumberIt, Dry, Advertise, Printed];

export const asJson: WorkflowJson = {
  name: 'json',
  context: 'Manuscript',
  steps: [
    { name: 'measure', use: 'Measure' },
    { name: 'rewrite', use: 'Rewrite', while: 'isRough' },
    { name: 'edit', use: 'Edit', if: 'isLong' },
    { name: 'readChapter', use: 'ReadChapter', forEach: 'chapters' },
    { name: 'cover', use: 'Cover', parallel: 'jacket' },
    { name: 'blurb', use: 'Blurb', parallel: 'jacket' },
    { name: 'number', use: 'NumberIt', retry: { attempts: 2, delay: 1 } },
    { name: 'dry', use: 'Dry' },
    { name: 'advertise', use: 'Advertise', required: false },
    { name: 'printed', use: 'Printed', on: { event: 'printed', key: { title: 'title' }, skipAhead: true, reprocess: true } },
  ],
};
