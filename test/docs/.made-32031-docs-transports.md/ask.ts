// file: ask.ts
import type { ClientProxy } from '@nestjs/microservices';
import { firstValueFrom, retry, timeout } from 'rxjs';

export function tell(client: ClientProxy, message: { ref: string; score: number }): Promise<string> {
  return firstValueFrom(client.send<string>('score', message).pipe(timeout(5000), retry({ count: 5, delay: 1000 })));
}
