import 'reflect-metadata';
import { Controller, Injectable, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { HandlesResponse, StartsProcess } from 'nestjs-argonaut';
import { describe, expect, it } from 'vitest';
import { LoanWorkflow, openBank, refOf, type ScoreMessage } from './loans.js';

@Controller()
class Scores {
  @Post()
  @HandlesResponse(LoanWorkflow, 'rate', refOf)
  answer({ score }: ScoreMessage) {
    return { score };
  }
}

@Injectable()
class Wrong {
  @HandlesResponse('loan', 'rat', refOf)
  step(_: ScoreMessage) {}

  @HandlesResponse('lone', 'rate', refOf)
  workflow(_: ScoreMessage) {}
}

describe('a door', () => {
  it('without the module is refused by Nest, in words that help', async () => {
    await expect(Test.createTestingModule({ controllers: [Scores] }).compile()).rejects.toThrow('import WorkflowModule.forRoot() in your root module');
  });

  it('to what there is not stops the boot', async () => {
    const bank = await openBank({ providers: [Wrong] });
    const error = await bank.app.init().catch((thrown: unknown) => thrown);
    expect((error as { problems: string[] }).problems).toEqual([
      expect.stringMatching(/^Wrong\.step \(@HandlesResponse\): "rat" is no step .*rate/),
      expect.stringMatching(/^Wrong\.workflow \(@HandlesResponse\): lone is no workflow .*loan/),
    ]);
    await bank.app.close();
  });

  it('to a workflow nobody can start stops the boot, whatever names it', async () => {
    @Injectable()
    class Starts {
      @StartsProcess('laon', refOf)
      misspelt({ ref }: ScoreMessage) {
        return { ref };
      }

      @StartsProcess(Scores, refOf)
      other(_: ScoreMessage): any {}

      @StartsProcess(undefined as unknown as 'loan', refOf)
      circular(_: ScoreMessage): any {}

      @StartsProcess('loan', refOf)
      right({ ref }: ScoreMessage) {
        return { ref };
      }

      @StartsProcess(() => LoanWorkflow, refOf)
      later({ ref }: ScoreMessage) {
        return { ref };
      }
    }
    const bank = await openBank({ providers: [Starts] });
    const error = await bank.app.init().catch((thrown: unknown) => thrown);
    expect((error as { problems: string[] }).problems).toEqual([
      'Starts.misspelt (@StartsProcess): laon is no workflow of this application. Did you mean "loan"? Is it in the providers of a module that is imported?',
      'Starts.other (@StartsProcess): Scores is no workflow of this application. Is it in the providers of a module that is imported?',
      'Starts.circular (@StartsProcess): its workflow is undefined, probably as imports go in a circle. Say () => TheWorkflow.',
    ]);
    await bank.app.close();
  });

  it('is one to a method', () => {
    const twice = () => {
      class Twice {
        @HandlesResponse(LoanWorkflow, 'rate', refOf)
        @HandlesResponse('loan', 'rate', refOf)
        answer({ score }: ScoreMessage) {
          return { score };
        }
      }
      return Twice;
    };
    expect(twice).toThrow('Twice.answer: two @HandlesResponse');
  });

  it('looks like the method it stands on', () => {
    expect(Scores.prototype.answer.name).toBe('answer');
  });
});
