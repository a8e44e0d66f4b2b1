import { isObservable, lastValueFrom } from 'rxjs';

/** What a body comes to: an observable begins only when it is subscribed to. */
export function bodyResult(returned: unknown): unknown {
  return isObservable(returned) ? lastValueFrom(returned, { defaultValue: undefined }) : returned;
}
