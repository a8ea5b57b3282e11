/**
 * The time of a replay. It goes in steps, `speed` times as fast as the wall clock, and waits for the computing: while a step is worked
 * on it stands at the step's end, so that what is read then is as old as the market would have it, on any machine.
 */
export class ReplayClock {
  readonly #wall: () => number;
  #at: number;
  #ended: number | undefined;

  /** @param wall epoch ms of the system */
  constructor(wall: () => number) {
    this.#wall = wall;
    this.#at = wall();
  }

  /** Epoch ms. Once the replay has ended it goes on as fast as the wall clock. */
  readonly now = (): number => this.#at + (this.#ended === undefined ? 0 : this.#wall() - this.#ended);

  set(at: number): void {
    this.#at = at;
  }

  end(): void {
    this.#ended = this.#wall();
  }
}
