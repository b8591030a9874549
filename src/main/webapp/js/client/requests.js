import { RoomcastError } from './errors.js';

const ANSWER_WITHIN_MS = 30_000;

/** Questions with an `id` that wait for the answer with the same one. */
export class Requests {
  #send;
  #lastId = 0;
  #waiting = new Map();

  /** @param {(frame: object) => boolean} send */
  constructor(send) {
    this.#send = send;
  }

  /** Ids are never used twice on one connection, also not by frames that wait for nothing here. */
  nextId() {
    return (this.#lastId += 1);
  }

  /**
   * @param {object} frame
   * @returns {Promise<object>} the answer; rejects with the server's error, `timeout`, or `disconnected`
   */
  ask(frame) {
    const id = this.nextId();
    return new Promise((resolve, reject) => {
      if (!this.#send({ ...frame, id })) {
        reject(new RoomcastError('disconnected', 'There is no connection.'));
        return;
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new RoomcastError('timeout', 'The server did not answer in time.'));
      }, ANSWER_WITHIN_MS);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  /** @returns {boolean} whether `frame` answered a question of this client */
  settle(frame) {
    const question = this.#waiting.get(frame.id);
    if (!question) return false;
    this.#waiting.delete(frame.id);
    clearTimeout(question.timer);
    if (frame.type === 'error') question.reject(RoomcastError.of(frame));
    else question.resolve(frame);
    return true;
  }

  /** The connection is gone, and the answers with it. */
  disconnected() {
    const questions = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, timer } of questions) {
      clearTimeout(timer);
      reject(new RoomcastError('disconnected', 'The connection was lost before the answer came.'));
    }
  }
}
