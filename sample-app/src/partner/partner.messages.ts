/** What we send the partner: `identity.check`. */
export interface IdentityCheck {
  readonly requestId: string;
  readonly name: string;
  readonly birthday: string;
  /** The port that takes the answer. */
  readonly replyTo: number;
}

/** What it sends back, later: `identity.checked`. */
export interface IdentityChecked {
  readonly requestId: string;
  readonly result: 'pass' | 'fail';
}
