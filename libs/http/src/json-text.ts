/** JSON that was written before: a handler or an interceptor that returns it is answered with its text as it stands. */
export class JsonText {
  constructor(readonly text: string) {}
}
