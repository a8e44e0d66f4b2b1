import { Logger } from '@nestjs/common';
import { IsBoolean } from 'class-validator';
import { fail, type Flow, Step, Workflow } from 'nestjs-argonaut';

export class Trip {
  @IsBoolean() cardIsGood = true;
  hotel?: string;
  flight?: string;
}

const logger = new Logger('Trip');

@Step()
export class BookHotel {
  run() {
    logger.log('books a hotel');
    return { hotel: 'H1' };
  }

  compensate({ hotel }: Trip) {
    logger.log(`cancels hotel ${hotel}`);
  }
}

@Step()
export class BookFlight {
  run() {
    logger.log('books a flight');
    return { flight: 'F1' };
  }
}

@Step()
export class CancelFlight {
  run({ flight }: Trip) {
    logger.log(`cancels flight ${flight}`);
  }
}

@Step()
export class Pay {
  run({ cardIsGood }: Trip) {
    if (!cardIsGood) return fail('the card was refused');
    logger.log('pays');
  }
}

/** A saga, which LiteFlow has the word for only: what was done is undone, last first. */
@Workflow({ name: 'trip', context: Trip })
export class BookTrip {
  flow(flow: Flow<Trip>) {
    // prettier-ignore
    return flow
      .startWith(BookHotel)
      .then(BookFlight)
        .compensateWith(CancelFlight)
      .then(Pay)
        .onError('compensate');
  }
}
