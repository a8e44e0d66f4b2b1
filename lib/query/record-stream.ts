import { type Observable, Subject } from 'rxjs';
import type { AuditRecord } from './shapes.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import { recordView } from './views.js';

/** Audit records as they are committed, for whoever listens: a log, a metric, a mail to whom a process waits for. */
export class RecordStream {
  private readonly subject = new Subject<AuditRecord>();
  readonly records: Observable<AuditRecord> = this.subject.asObservable();

  constructor(writer: ProcessWriter) {
    writer.afterCommit(({ process, records }) => {
      if (!this.subject.observed) return;
      for (const record of records) this.subject.next(recordView(process.id, record));
    });
  }
}
