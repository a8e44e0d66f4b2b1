import { IsBoolean, IsInt, IsString } from 'class-validator';

// What any application already has: DTOs and clients.
export class ApplyDto {
  @IsString() reference!: string;
  @IsString() applicant!: string;
  @IsInt() amount!: number;
}
export class ReviewDto {
  @IsInt() score!: number;
}
export class KycReply {
  @IsBoolean() passed!: boolean;
}
export class Withdrawn {
  @IsString() reason!: string;
}
export interface KycMessage {
  requestId: string;
  result: 'pass' | 'fail';
}

export class KycClient {
  request(_who: string, _correlationId: string): Promise<void> {
    return Promise.resolve();
  }
}
export class ScoreService {
  of(_who: string): Promise<number> {
    return Promise.resolve(700);
  }
  fraud(_who: string): Promise<boolean> {
    return Promise.resolve(false);
  }
}
export class Bank {
  pay(_reference: string, _amount: number, _key: string): Promise<void> {
    return Promise.resolve();
  }
}
