import { IsNumber } from 'class-validator';
import { Step } from 'nestjs-argonaut';

/** The data of the samples that count. */
export class Numbers {
  @IsNumber() value1 = 0;
  @IsNumber() value2 = 0;
  @IsNumber() value3 = 0;
}

@Step()
export class Increment {
  run({ value1 }: Numbers) {
    return { value1: value1 + 1 };
  }
}
