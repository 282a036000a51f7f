/** A part of the process that has something to tell with every heartbeat. */
export interface FigureSource {
  /**
   * The figures now, as JSON can hold them; merged with those of the others, so its members carry telling names.
   *
   * @remarks Asked every five seconds. One that fails or takes longer than a second is left out, and the heartbeat goes on.
   */
  figures(): object | Promise<object>;
}
