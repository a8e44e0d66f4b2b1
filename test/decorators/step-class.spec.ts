import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Step } from 'nestjs-argonaut';
import { describe, expect, it } from 'vitest';
import { STEP_METADATA, stepNameOf } from '../../lib/decorators/step.decorator.js';

@Injectable()
class Greeting {
  readonly text = 'hello';
}
@Step({ queue: 'evening' })
class Greet {
  constructor(private readonly greeting: Greeting) {}
  run() {
    return { said: this.greeting.text };
  }
}
@Step({ name: 'greet-again' })
class GreetAgain extends Greet {}

describe('@Step() on a class', () => {
  it('makes it a provider, with anything injected, and no more needs to be said', async () => {
    const module = await Test.createTestingModule({ providers: [Greeting, Greet, GreetAgain] }).compile();
    expect([Greet, GreetAgain].map((step) => module.get(step).run())).toEqual([{ said: 'hello' }, { said: 'hello' }]);
  });

  it('keeps what was said, for each class by itself', () => {
    expect(Reflect.getOwnMetadata(STEP_METADATA, Greet)).toEqual({ queue: 'evening' });
    expect(Reflect.getOwnMetadata(STEP_METADATA, GreetAgain)).toEqual({ name: 'greet-again' });
  });

  it('is called as it says, or as its class is called', () => {
    expect([Greet, GreetAgain, 'review'].map(stepNameOf)).toEqual(['Greet', 'greet-again', 'review']);
  });

  it('is no static method', () => {
    const bad = () => {
      class Bad {
        @Step() static greet() {}
      }
      return Bad;
    };
    expect(bad).toThrow('@Step() on static Bad.greet: a step is a method of the provider, so it cannot be static.');
  });
});
