import { IsBoolean, IsNumber, IsString } from 'class-validator';

export class Customer {
  @IsString() customer: string;
}

export class CreditAnswer {
  @IsString() correlationId: string;
  @IsNumber() credit: number;
}

export class StockAnswer {
  @IsString() correlationId: string;
  @IsBoolean() available: boolean;
}
