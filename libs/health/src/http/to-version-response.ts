import type { BuildInfo } from '../probes/build-info.js';
import type { VersionResponse } from './dto/version.response.js';

/** From the build to its form on the wire. */
export function toVersionResponse(build: BuildInfo): VersionResponse {
  return {
    version: build.version,
    commit: build.commit,
    build_time: build.buildTime,
    environment: build.environment,
    schema_version: build.schemaVersion,
  };
}
