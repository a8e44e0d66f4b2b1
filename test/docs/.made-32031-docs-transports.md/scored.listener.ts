// file: scored.listener.ts
import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { HandlesEvent } from 'nestjs-argonaut';

@Injectable()
export class ScoredListener {
  @OnEvent('scored', { suppressErrors: false })
  @HandlesEvent('scored', (event: { ref: string }) => event.ref)
  scored(event: { ref: string }) {
    return { ref: event.ref };
  }
}
