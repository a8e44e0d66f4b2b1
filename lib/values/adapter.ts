import type { ModuleMetadata, Type } from '@nestjs/common';

/** An implementation of a port with what it needs, so that a module imports only what is used. */
export interface Adapter<Port> extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  /** The provider to use: a class, or the token of one of `providers`. */
  readonly use: Type<Port> | symbol | string;
}
