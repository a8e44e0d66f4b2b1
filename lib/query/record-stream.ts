import { type Observable, Subject } from 'rxjs';
import type { Change } from '../core/change.js';
import type { AuditRecord } from './shapes.js';
import { recordView } from './views.js';

/** Audit records as they are committed, for whoever listens: a log, a metric, a mail to whom a process waits for. */
export class RecordStream {
  private readonly subject = new Subject<AuditRecord>();
  readonly records: Observable<AuditRecord> = this.subject.asObservable();

  committed({ process, records }: Change): void {
    if (!this.subject.observed) return;
    for (const record of records) this.subject.next(recordView(process.id, record));
  }
}
