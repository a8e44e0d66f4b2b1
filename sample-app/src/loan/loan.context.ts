import { Type } from 'class-transformer';
import { IsDate, IsDefined, IsEnum, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { IsMoney, Money } from './money.js';

export enum Purpose {
  Car = 'car',
  House = 'house',
  Study = 'study',
}

export class Applicant {
  @IsString() @Length(1, 100) name: string;
  @IsDate() @Type(() => Date) birthday: Date;
}

/** What somebody says who applies: the body of POST /loans. */
export class Application {
  @IsString() @Length(1, 50) reference: string;
  @ValidateNested() @IsDefined() @Type(() => Applicant) applicant: Applicant;
  @IsMoney() amount: Money;
  @IsEnum(Purpose) purpose: Purpose = Purpose.Car;
}

/** The context of the process: the application, and what the steps find out. Each of them makes a new version of it. */
export class Loan extends Application {
  @IsOptional() @IsDate() @Type(() => Date) registeredAt?: Date;
  @IsOptional() @IsMoney() fee?: Money;
  identified?: boolean;
  score?: number;
  fraud?: boolean;
  approved?: boolean;
  outcome?: 'paid' | 'rejected' | 'withdrawn';
  reason?: string;
}
