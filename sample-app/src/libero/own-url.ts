import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Where this application itself listens: it stands in for the servers of others. */
@Injectable()
export class OwnUrl {
  constructor(private readonly host: HttpAdapterHost) {}

  to(path: string): string {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const { port } = server.address() as AddressInfo; // none before it listens: then the step fails, and is tried again
    return `http://127.0.0.1:${port}${path}`;
  }
}
