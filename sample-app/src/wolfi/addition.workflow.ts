import { IsNumber } from 'class-validator';
import { Step, Workflow } from 'nestjs-argonaut';

export class Sum {
  @IsNumber() total: number;
}

/** Each step changes the context: three more versions of it. */
@Workflow({ name: 'addition', context: Sum })
export class AdditionWorkflow {
  @Step()
  addOne({ total }: Sum) {
    return { total: total + 1 };
  }

  @Step()
  addTwo({ total }: Sum) {
    return { total: total + 2 };
  }

  @Step()
  addThree({ total }: Sum) {
    return { total: total + 3 };
  }
}
