import { fail, Step } from 'nestjs-argonaut';
import { OwnUrl } from './own-url.js';

/** Returning is Libero's SUCCEEDED, throwing its TEMPORARY_FAILURE, `fail()` its PERMANENT_FAILURE. */
@Step()
export class DoSomethingActivity {
  run() {
    const num = 10;
    if (num > 20) return fail(`${num} is too many`);
  }
}

@Step()
export class DoAnotherThingActivity {
  constructor(private readonly own: OwnUrl) {}

  async run() {
    const response = await fetch(this.own.to('/libero/foo')); // http://foobar.com/foo in the README
    if (response.status !== 200) return fail(`foo said ${response.status}`);
  }
}
