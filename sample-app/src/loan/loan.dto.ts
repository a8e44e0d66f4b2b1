import { IsBoolean, IsInt, IsString, Length, Min } from 'class-validator';

export class Review {
  @IsBoolean() approved: boolean;
}

export class Withdrawal {
  @IsString() @Length(1, 200) reason: string;
}

export class Restart {
  @IsInt() @Min(1) version: number;
}
