import { type Observable, Subject } from 'rxjs';
import type { Change } from '../core/change.js';
import type { AuditRecord } from './shapes.js';
import { recordView } from './views.js';

/** Emits audit records as they are committed, for example for a log, a metric, or a notification of the person a process waits for. */
export class RecordStream {
  private readonly subject = new Subject<AuditRecord>();
  readonly records: Observable<AuditRecord> = this.subject.asObservable();

  committed({ process, records }: Change): void {
    if (!this.subject.observed) return;
    for (const record of records) this.subject.next(recordView(process.id, record));
  }
}
