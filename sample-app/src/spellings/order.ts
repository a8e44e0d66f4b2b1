import { IsInt, IsString, Min } from 'class-validator';

/**
 * One process in four spellings, which are one graph:
 *
 *     price → more than 1000? ─ yes → approve ─┬→ ship
 *                            └─ no ────────────┘
 */
export class Order {
  @IsInt() @Min(1) items: number;
  price = 0;
  isBig?: boolean;
  approvedBy?: string;
}

/** What somebody owes to a big order. */
export class Approval {
  @IsString() by: string;
}
