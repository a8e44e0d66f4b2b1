// file: webhook.controller.ts
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { HandlesEvent } from 'nestjs-argonaut';

interface Webhook {
  id: string;
  order: string;
}

@Controller('webhooks')
export class WebhookController {
  @Post()
  @HttpCode(202)
  @HandlesEvent('order.paid', (hook: Webhook) => hook.order, { messageId: (hook) => hook.id })
  paid(@Body() hook: Webhook) {
    return { order: hook.order };
  }
}
