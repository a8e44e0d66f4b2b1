// @ts-check
/** The example that `nest add` makes: a folder of its own, to be looked at and deleted. */

/** @param {string} extension of relative imports @returns {[name: string, text: string][]} */
function exampleFiles(extension) {
  return [
    ['example.workflow.ts', WORKFLOW],
    ['example.controller.ts', controller(extension)],
    ['example.module.ts', module_(extension)],
  ];
}

const WORKFLOW = `import { IsString } from 'class-validator';
import { Step, Workflow } from 'nestjs-argonaut';

/** The data of one process. Every key has a default or a decorator of class-validator. */
export class ExampleContext {
  @IsString() name!: string;
  greeting = '';
  confirmed = false;
}

@Workflow({ name: 'example', context: ExampleContext })
export class ExampleWorkflow {
  @Step() // runs at once; what it returns changes the context, and is committed with what comes next
  greet(context: ExampleContext) {
    return { greeting: \`Hello, \${context.name}!\` };
  }

  @Step({ on: 'example.confirmed' }) // waits for this event: stop the application, start it again, and it still waits
  confirm(_context: ExampleContext) {
    return { confirmed: true };
  }
}
`;

/** @param {string} extension @returns {string} */
function controller(extension) {
  return `import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { WorkflowService } from 'nestjs-argonaut';
import { ExampleWorkflow } from './example.workflow${extension}';

@Controller('example')
export class ExampleController {
  constructor(private readonly workflows: WorkflowService) {}

  @Post(':id')
  start(@Param('id') groupId: string, @Body() values: { name: string }) {
    return this.workflows.start(ExampleWorkflow, values, { groupId, ifLive: 'return' });
  }

  @Get(':id')
  get(@Param('id') groupId: string) {
    return this.workflows.get(ExampleWorkflow, { groupId });
  }

  @Post(':id/confirm')
  confirm(@Param('id') groupId: string) {
    return this.workflows.emit('example.confirmed', groupId, {});
  }
}
`;
}

/** @param {string} extension @returns {string} */
function module_(extension) {
  return `import { Module } from '@nestjs/common';
import { ExampleController } from './example.controller${extension}';
import { ExampleWorkflow } from './example.workflow${extension}';

@Module({
  controllers: [ExampleController],
  providers: [ExampleWorkflow],
})
export class ExampleModule {}
`;
}

module.exports = { exampleFiles };
