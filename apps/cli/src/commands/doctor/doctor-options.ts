/** What `zakops doctor` was asked for. */
export interface DoctorOptions {
  readonly url?: URL;
  readonly apis?: number;
  readonly workers?: number;
  readonly streamSeconds: number;
  readonly strict?: true;
  readonly json?: true;
}
