import { Order } from './order.js';
import order4 from './order-4.workflow.json' with { type: 'json' };

/** The fourth spelling, and the context class it names. */
export const documents = { workflows: [order4], contexts: [Order] };
